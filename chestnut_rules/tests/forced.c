int Of_forced(void) { return 0; }
