package dev.claudemesh.mcp;

import dev.claudemesh.protocol.client.IncomingMessage;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/// Brings letters into the session, each once, by the first way that works: the session's inbox, a
/// channel notification, the next prompt, or `check_messages`. What the session has been shown is
/// told to the broker as `seen`.
///
/// Thread-safe: letters arrive from the meshes, hooks and tool calls from their own threads.
/// Letters are on disk already ({@link dev.claudemesh.protocol.client.Inbox}); here they are only
/// remembered. The inboxes bound how many there can be.
final class Postman {
  /// How many ids of shown letters are remembered, so that one that a hook meets late is not shown
  /// again.
  private static final int REMEMBERED = 1_000;

  private final Map<String, Letter> waiting = new LinkedHashMap<>();
  private final Map<String, Boolean> shown =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };
  private final MessageMode mode;
  private final Doorways doorways;
  private final BiConsumer<String, Collection<String>> seen;
  private final InstantSource clock;

  /// @param seen told mesh slug and ids of what the session has been shown
  Postman(
      MessageMode mode,
      Doorways doorways,
      BiConsumer<String, Collection<String>> seen,
      InstantSource clock) {
    this.mode = mode;
    this.doorways = doorways;
    this.seen = seen;
    this.clock = clock;
  }

  /// What a prompt is given along with its own text.
  ///
  /// @param context what the model is told beside the prompt
  /// @param block the prompt is nothing but letters that were shown before
  record WithPrompt(Optional<String> context, boolean block) {}

  /// A letter came from a mesh.
  void arrived(String meshSlug, IncomingMessage message) {
    Letter letter = Letter.arrived(meshSlug, message);
    synchronized (this) {
      if (shown.containsKey(letter.id()) || waiting.putIfAbsent(letter.id(), letter) != null) {
        return;
      }
    }
    if (LetterRules.shouldPush(letter, mode, false, clock.instant())) {
      push(letter);
    }
  }

  /// Pushes again what the session's inbox took and never showed, once the session is idle.
  void remind() {
    List<Letter> due;
    synchronized (this) {
      due =
          waiting.values().stream()
              .filter(letter -> LetterRules.shouldPush(letter, mode, true, clock.instant()))
              .toList();
    }
    due.forEach(this::push);
  }

  /// The session is about to see a prompt: its user's, or a letter that was pushed.
  WithPrompt prompt(String text, Optional<Path> transcript) {
    List<Letter> inPrompt;
    boolean shownBefore;
    synchronized (this) {
      inPrompt =
          mode == MessageMode.PUSH
              ? waiting.values().stream().filter(letter -> text.contains(letter.id())).toList()
              : List.of();
      shownBefore = inPrompt.isEmpty() && isOnlyShownLetters(text);
      forget(inPrompt);
    }
    tellSeen(inPrompt);
    confirm(transcript);
    List<Letter> along;
    int more;
    synchronized (this) {
      along =
          shownBefore
              ? List.of()
              : LetterRules.withPrompt(List.copyOf(waiting.values()), mode, clock.instant());
      forget(along);
      more = LetterRules.worthAMention(waiting.values(), mode, clock.instant());
    }
    tellSeen(along);
    List<String> context = new ArrayList<>();
    if (!along.isEmpty()) {
      context.add(MessageFrame.all(along));
    }
    if (more > 0) {
      context.add(
          "[claudemesh] "
              + more
              + (more == 1 ? " message waits" : " messages wait")
              + "; check_messages shows them.");
    }
    return new WithPrompt(
        context.isEmpty() ? Optional.empty() : Optional.of(String.join("\n\n", context)),
        shownBefore);
  }

  /// Learns from the session's transcript which pushed letters it was shown in the middle of a
  /// turn.
  void confirm(Optional<Path> transcript) {
    List<Letter> pushed;
    synchronized (this) {
      pushed = waiting.values().stream().filter(letter -> letter.push().isPresent()).toList();
    }
    Set<String> found =
        transcript
            .map(file -> Transcript.containing(file, pushed.stream().map(Letter::id).toList()))
            .orElse(Set.of());
    List<Letter> confirmed = pushed.stream().filter(letter -> found.contains(letter.id())).toList();
    synchronized (this) {
      forget(confirmed);
    }
    tellSeen(confirmed);
  }

  /// Takes out everything that waits, for `check_messages`: it counts as shown with this answer.
  /// What is on its way by the session's inbox stays on its way, so that it is not shown twice.
  List<Letter> take() {
    List<Letter> taken;
    synchronized (this) {
      taken =
          waiting.values().stream()
              .filter(letter ->
                  mode != MessageMode.PUSH || !LetterRules.onItsWay(letter, clock.instant()))
              .toList();
      forget(taken);
    }
    tellSeen(taken);
    return taken;
  }

  synchronized int waiting() {
    return waiting.size();
  }

  private void push(Letter letter) {
    Optional<Letter.Path> path = doorways.push(letter, mode);
    synchronized (this) {
      path.ifPresent(way ->
          waiting.computeIfPresent(letter.id(), (id, known) -> known.pushed(way, clock.instant())));
    }
  }

  /// Whether a prompt is one of our frames and every id in it was shown before.
  private boolean isOnlyShownLetters(String text) {
    return text.strip().startsWith("<cross-session-message from=\"claudemesh:")
        && shown.keySet().stream().anyMatch(text::contains);
  }

  private void forget(List<Letter> letters) {
    for (Letter letter : letters) {
      waiting.remove(letter.id());
      shown.put(letter.id(), Boolean.TRUE);
    }
  }

  private void tellSeen(List<Letter> letters) {
    letters.stream()
        .map(Letter::meshSlug)
        .distinct()
        .forEach(mesh ->
            seen.accept(
                mesh,
                letters.stream()
                    .filter(letter -> letter.meshSlug().equals(mesh))
                    .map(Letter::id)
                    .toList()));
  }
}
