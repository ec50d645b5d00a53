package dev.claudemesh.cli.doctor;

import dev.claudemesh.cli.ExitCode;
import java.util.Optional;

/// What one check found out.
///
/// @param check name of the check, for programs: stays the same
/// @param mend the command, or the step, that mends it; empty where nothing is wrong
/// @param exit how the doctor's command ends for this, if it is bad
public record Finding(
    String check, Level level, String what, Optional<String> mend, ExitCode exit) {

  /// How bad it is.
  enum Level {
    GOOD,
    /// Works, but not as well as it could.
    WARNING,
    BAD
  }

  static Finding good(String check, String what) {
    return new Finding(check, Level.GOOD, what, Optional.empty(), ExitCode.OK);
  }

  static Finding warning(String check, String what, String mend) {
    return new Finding(check, Level.WARNING, what, Optional.of(mend), ExitCode.OK);
  }

  static Finding bad(String check, ExitCode exit, String what, String mend) {
    return new Finding(check, Level.BAD, what, Optional.of(mend), exit);
  }
}
