package dev.claudemesh.bench.faults;

import java.util.Optional;
import java.util.SplittableRandom;

/// The text of a message: who sent it, its number and its length, then letters that follow from
/// these. Whoever gets it can tell whether it is the one that was sent.
record Parcel(String sender, int number, int length) {
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz \n";

  String text() {
    StringBuilder text = new StringBuilder(length + 40);
    text.append(sender).append(' ').append(number).append(' ').append(length).append('\n');
    SplittableRandom random = new SplittableRandom(sender.hashCode() * 31L + number);
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }

  /// What a text says it is; empty if it is none of ours.
  static Optional<Parcel> claimedBy(String text) {
    String[] words = text.lines().findFirst().orElse("").split(" ");
    try {
      return Optional.of(
          new Parcel(words[0], Integer.parseInt(words[1]), Integer.parseInt(words[2])));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
