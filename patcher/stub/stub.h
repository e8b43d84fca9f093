// The code that a patched program runs first (stub.S), as data to be copied.
#ifndef CHESTNUT_PATCHER_STUB_STUB_H_
#define CHESTNUT_PATCHER_STUB_STUB_H_

#include <cstdint>

extern "C" {
extern const unsigned char chestnut_stub_begin[];
extern const unsigned char chestnut_stub_end[];  // the filter stands there
// A 32-bit displacement, from its own end to where the program goes on.
extern const unsigned char chestnut_stub_jump[];
// A StubParameters.
extern const unsigned char chestnut_stub_parameters[];
}

namespace chestnut::patcher {

// By which a patched program is known, wherever its entry point is.
inline constexpr char kStubMagic[16] = {'C', 'h', 'e', 's', 't', 'n', 'u', 't',
                                        'P', 'a', 't', 'c', 'h', 0,   0,   1};

// As stub.S lays it out.
struct StubParameters {
  char magic[16];
  uint32_t canary_errno;
  uint32_t filter_length;  // in instructions
  uint32_t log_only;       // 1: says that nothing is enforced
  uint32_t note_offset;    // from the parameters to the notes
  uint32_t note_size;
  uint32_t unused;
};
static_assert(sizeof(StubParameters) == 40);

}  // namespace chestnut::patcher

#endif  // CHESTNUT_PATCHER_STUB_STUB_H_
