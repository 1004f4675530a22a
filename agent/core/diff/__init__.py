"""What must change for observed to equal desired: a pure function from two values to actions."""
