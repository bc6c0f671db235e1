"""What is drawn: MRML nodes, for the desktop and the console alike."""
