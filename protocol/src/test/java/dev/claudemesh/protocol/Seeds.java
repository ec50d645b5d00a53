package dev.claudemesh.protocol;

import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Randomness for tests that can be replayed: `-Dseed=N` fixes it, and each use prints the line
/// that replays it.
public final class Seeds {
  private Seeds() {}

  /// The seed of this run: the one that was asked for, else a new one.
  public static long seed() {
    String asked = System.getProperty("seed", "");
    try {
      return Long.parseLong(asked.trim());
    } catch (NumberFormatException unset) {
      return new Random().nextLong();
    }
  }

  /// A generator for the test that calls.
  public static RandomGenerator random() {
    return random(seed());
  }

  /// A generator that gives the same numbers on every machine for the same seed.
  public static RandomGenerator random(long seed) {
    String caller =
        StackWalker.getInstance()
            .walk(frames ->
                frames
                    .filter(frame -> !frame.getClassName().equals(Seeds.class.getName()))
                    .findFirst())
            .map(frame ->
                frame.getClassName().replaceFirst(".*\\.", "") + "." + frame.getMethodName())
            .orElse("unknown");
    System.out.println("seed of " + caller + ": replay with -Dseed=" + seed);
    return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
  }

  /// Whether generated files are to be rewritten instead of compared: `-Dupdate=true`.
  public static boolean update() {
    return Boolean.getBoolean("update");
  }
}
