int Of_near(void) { return 0; }
