"""The demo: two customers, two allocations, from the order to the bill and back, on servers of its own."""
