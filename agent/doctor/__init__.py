"""What would keep the agent from working: one thing looked at after another, and nothing changed by it."""
