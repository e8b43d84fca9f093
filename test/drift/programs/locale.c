// Locales, converters, message catalogs.
#define _GNU_SOURCE
#include <iconv.h>
#include <langinfo.h>
#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include <wctype.h>

static void Convert(const char* from, const char* to) {
  iconv_t converter = iconv_open(to, from);
  printf("%s to %s:", from, to);
  if (converter == (iconv_t)-1) {
    puts(" none");
    return;
  }
  char text[] = "caf\303\251 \316\261";
  char* in = text;
  char out[64];
  char* end = out;
  size_t left = strlen(text);
  size_t room = sizeof out;
  iconv(converter, &in, &left, &end, &room);
  for (const char* byte = out; byte < end; ++byte) printf(" %02x", *byte & 255);
  putchar('\n');
  iconv_close(converter);
}

static void Speak(const char* name) {
  const char* set = setlocale(LC_ALL, name);
  printf("%s: %s, codes %s, point %s\n", name, set != NULL ? set : "none",
         nl_langinfo(CODESET), localeconv()->decimal_point);
  char text[128];
  const time_t zero = 0;
  struct tm broken;
  strftime(text, sizeof text, "%A %x %c", gmtime_r(&zero, &broken));
  printf("%s %'d %d\n", text, 1234567, strcoll("a", "B") < 0);
  wchar_t wide[32];
  printf("%zd wide, %d upper\n", (ssize_t)mbstowcs(wide, "h\303\251", 32),
         (int)towupper(L'a'));
}

int main(void) {
  bindtextdomain("chestnut", "/usr/share/locale");
  textdomain("chestnut");
  puts(gettext("nobody has translated this"));
  static const char* const kLocales[] = {"C", "C.UTF-8", "de_DE.UTF-8", ""};
  for (int i = 0; i < 4; ++i) Speak(kLocales[i]);
  static const char* const kCodes[] = {
      "LATIN1",    "UTF-16",          "UTF-7",       "SHIFT_JIS",
      "EBCDIC-US", "ASCII//TRANSLIT", "NO-SUCH-CODE"};
  for (int i = 0; i < 7; ++i) Convert("UTF-8", kCodes[i]);
  locale_t own = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  printf("own %d\n", own != (locale_t)0 && iswalpha_l(L'x', own));
  freelocale(own);
  FILE* file = fopen("wide", "w+,ccs=UTF-8");
  printf("stream %d", file != NULL);
  fwprintf(file, L"%ls\n", L"wide");
  rewind(file);
  printf(" %d\n", (int)fgetwc(file));
  fclose(file);
  puts(strerror(2));
  puts(strsignal(11));
  return 0;
}
