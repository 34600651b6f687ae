"""What Assetwire knows and decides: pure values and functions, no input or output."""
