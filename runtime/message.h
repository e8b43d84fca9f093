/* Messages built on the stack: no allocation, no stdio, safe in a signal
 * handler. A message that does not fit is cut, never overrun. */
#ifndef CHESTNUT_RUNTIME_MESSAGE_H_
#define CHESTNUT_RUNTIME_MESSAGE_H_

#include "runtime/kernel.h"

struct chestnut_message {
  unsigned int length;
  char text[1024];
};

static inline void chestnut_put_char(struct chestnut_message *message, char c) {
  if (message->length < sizeof(message->text)) {
    message->text[message->length++] = c;
  }
}

static inline void chestnut_put(struct chestnut_message *message,
                                const char *text) {
  for (; *text != '\0'; ++text) chestnut_put_char(message, *text);
}

static inline void chestnut_put_digits(struct chestnut_message *message,
                                       unsigned long value,
                                       unsigned long base) {
  char digits[20]; /* as many as 2^64 has in base 10 */
  unsigned int count = 0;
  do {
    digits[count++] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0);
  while (count > 0) chestnut_put_char(message, digits[--count]);
}

static inline void chestnut_put_number(struct chestnut_message *message,
                                       long value) {
  unsigned long magnitude = (unsigned long)value;
  if (value < 0) {
    chestnut_put_char(message, '-');
    magnitude = 0 - magnitude;
  }
  chestnut_put_digits(message, magnitude, 10);
}

static inline void chestnut_put_address(struct chestnut_message *message,
                                        unsigned long address) {
  chestnut_put(message, "0x");
  chestnut_put_digits(message, address, 16);
}

/* To standard error, in one write so that threads do not mix their lines. What
 * cannot be written is lost: there is nobody else to tell. */
static inline void chestnut_send(const struct chestnut_message *message) {
  chestnut_call(CHESTNUT_SYS_WRITE, 2, (long)message->text,
                (long)message->length, 0, 0);
}

#endif /* CHESTNUT_RUNTIME_MESSAGE_H_ */
