/* Ends the table of unwind information, as unwinders without an index want. */
__attribute__((used,
               section(".eh_frame"))) static const int end_of_frames[1] = {0};
