#ifndef CHESTNUT_FINALYZER_WATCH_H_
#define CHESTNUT_FINALYZER_WATCH_H_

namespace chestnut::finalyzer {

// What a supervisor does with a call that the policy lacks.
enum class Watch {
  kNone,      // there is no supervisor: the policy's mode answers
  kLog,       // lets it through, one line for each new one
  kLearn,     // lets it through, notes it
  kTraceAll,  // the same, and notes the calls that the policy allows
  kAsk,       // asks on the terminal
  kEnforce,   // what the policy of the program that calls says
};

}  // namespace chestnut::finalyzer

#endif  // CHESTNUT_FINALYZER_WATCH_H_
