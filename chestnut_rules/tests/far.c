int Of_far(void) { return 0; }
