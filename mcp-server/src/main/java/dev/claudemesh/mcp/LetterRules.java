package dev.claudemesh.mcp;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// What to do with letters that wait. Pure.
final class LetterRules {
  /// How long a letter that the session's inbox took is believed to be on its way.
  static final Duration ON_ITS_WAY = Duration.ofSeconds(60);

  /// How often a letter is put into the inbox before only hooks and `check_messages` bring it.
  static final int MAX_PUSHES = 3;

  /// How much one prompt is given beside its own text: Claude Code cuts at 10,000 characters.
  static final int CONTEXT_CHARACTERS = 9_000;

  private LetterRules() {}

  /// Whether a letter was handed to the session's inbox a moment ago and will be shown by itself.
  static boolean onItsWay(Letter letter, Instant now) {
    return letter
        .push()
        .filter(push -> push.path() == Letter.Path.SOCKET)
        .filter(push -> push.at().plus(ON_ITS_WAY).isAfter(now))
        .isPresent();
  }

  /// Whether a letter should be pushed now.
  ///
  /// @param sessionIdle whether the session waits for its user: a busy one still has its inbox to
  ///   read
  static boolean shouldPush(Letter letter, MessageMode mode, boolean sessionIdle, Instant now) {
    if (mode == MessageMode.OFF || !letter.mayInterrupt()) {
      return false;
    }
    if (letter.push().isEmpty()) {
      return true;
    }
    return mode == MessageMode.PUSH
        && sessionIdle
        && letter.attempts() < MAX_PUSHES
        && !onItsWay(letter, now)
        && letter.push().get().path() == Letter.Path.SOCKET;
  }

  /// The letters that go along with a prompt: oldest first, as many as fit, none that may not
  /// interrupt or is on its way already.
  static List<Letter> withPrompt(List<Letter> waiting, MessageMode mode, Instant now) {
    List<Letter> chosen = new ArrayList<>();
    if (mode != MessageMode.PUSH) {
      return chosen;
    }
    int room = CONTEXT_CHARACTERS;
    for (Letter letter : waiting) {
      if (letter.mayInterrupt() && !onItsWay(letter, now)) {
        room -= letter.frame().length() + 1;
        if (room < 0) {
          break;
        }
        chosen.add(letter);
      }
    }
    return chosen;
  }

  /// How many letters a prompt is told of without being given them.
  static int worthAMention(Collection<Letter> waiting, MessageMode mode, Instant now) {
    return mode == MessageMode.OFF
        ? 0
        : (int) waiting.stream().filter(letter -> !onItsWay(letter, now)).count();
  }
}
