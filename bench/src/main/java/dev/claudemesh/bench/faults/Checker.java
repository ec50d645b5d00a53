package dev.claudemesh.bench.faults;

import dev.claudemesh.bench.faults.Cast.Recipient;
import dev.claudemesh.bench.faults.Entry.Shown;
import dev.claudemesh.bench.faults.Finding.Kind;
import dev.claudemesh.bench.faults.Finding.MessageName;
import dev.claudemesh.protocol.messaging.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Proves from the peers' ledgers that every message that was acknowledged, or kept by a client
/// whose outbox is empty now, was shown exactly once to each it was due to, in its sender's order;
/// that nothing was shown that was not sent; and that what was not acknowledged is either nowhere
/// or everywhere once. Pure.
///
/// One line is in nobody's power: a process that is killed after it showed a message and before it
/// could note so shows it again. That is the last line of its kind before a START, without its
/// MARKED, and one more showing is allowed for exactly it; {@link Tally#shownAgain} counts them.
/// Order is per sender, receiving session, priority, and kind of recipient: what is for the session
/// itself (directly, by group, to everyone), and what is for any one session of its member.
final class Checker {
  private final Evidence evidence;
  private final Map<MessageName, Message> messages = new LinkedHashMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private int shownAgain;
  private int shown;

  /// What was found, and how much was looked at.
  record Checked(List<Finding> findings, Tally tally) {}

  /// @param shownAgain killed between showing and noting so: on the screen twice, and nobody's
  ///   fault
  record Tally(
      int sent,
      int kept,
      int acked,
      Map<String, Integer> refused,
      int shown,
      int shownAgain,
      Map<Kind, Integer> findings) {}

  /// What all ledgers say about one message.
  private static final class Message {
    private Optional<Entry.Sent> sent = Optional.empty();
    private Optional<Entry.Acked> acked = Optional.empty();
    private Optional<String> refused = Optional.empty();
    private boolean kept;
    private final Map<String, List<Shown>> shownBy = new TreeMap<>();

    Set<String> ids() {
      Set<String> ids = new HashSet<>();
      acked.ifPresent(ack -> ids.add(ack.id()));
      shownBy.values().forEach(list -> list.forEach(entry -> ids.add(entry.id())));
      return ids;
    }
  }

  private record Stream(String sender, Priority priority, boolean sharedByMember) {}

  private Checker(Evidence evidence) {
    this.evidence = evidence;
  }

  static Checked check(Evidence evidence) {
    Checker checker = new Checker(evidence);
    evidence.ledgers().forEach(checker::readOwn);
    evidence.ledgers().forEach(checker::readShown);
    checker.messages.forEach(checker::judge);
    return new Checked(List.copyOf(checker.findings), checker.tally());
  }

  private void readOwn(String peer, List<Entry> ledger) {
    for (Entry entry : ledger) {
      switch (entry) {
        case Entry.Sent e -> message(peer, e.number()).sent = Optional.of(e);
        case Entry.Kept e -> message(peer, e.number()).kept = true;
        case Entry.Acked e -> message(peer, e.number()).acked = Optional.of(e);
        case Entry.Refused e -> message(peer, e.number()).refused = Optional.of(e.code());
        case Entry.Ended e -> gaveUp(peer, e);
        case Entry.Dropped e ->
            found(Kind.LOST, peer + "'s client dropped a message it had kept: " + e.code());
        case Entry.Start e -> {}
        case Entry.Shown e -> {}
        case Entry.Marked e -> {}
        case Entry.Note e -> {}
      }
    }
  }

  /// A clock that is a minute off is the one thing that a client cannot wait out.
  private void gaveUp(String peer, Entry.Ended ended) {
    if (!ended.code().equals("timestamp_skew")) {
      found(Kind.GAVE_UP, peer + "'s client ended for good: " + ended.code());
    }
  }

  private Message message(String sender, int number) {
    return messages.computeIfAbsent(new MessageName(sender, number), name -> new Message());
  }

  private void readShown(String peer, List<Entry> ledger) {
    Map<Stream, Integer> last = new HashMap<>();
    Set<String> excused = new HashSet<>();
    Set<String> seen = new HashSet<>();
    Optional<Shown> unmarked = Optional.empty();
    for (Entry entry : ledger) {
      if (entry instanceof Entry.Start) {
        unmarked.ifPresent(line -> excused.add(line.id()));
        unmarked = Optional.empty();
      } else if (entry instanceof Entry.Marked marked) {
        unmarked = unmarked.filter(line -> !line.id().equals(marked.id()));
      } else if (entry instanceof Shown line) {
        unmarked = Optional.of(line);
        inOrder(peer, line, last);
        if (!seen.add(line.id()) && excused.remove(line.id())) {
          shownAgain++;
        } else {
          shown++;
          message(line.sender(), line.number())
              .shownBy
              .computeIfAbsent(peer, name -> new ArrayList<>())
              .add(line);
        }
      }
    }
  }

  private void inOrder(String peer, Shown line, Map<Stream, Integer> last) {
    if (!orderPromised(peer, line)) {
      return;
    }
    boolean shared =
        evidence.cast().owner(line.target()).filter(Recipient.AnyOf.class::isInstance).isPresent();
    Integer before =
        last.merge(new Stream(line.sender(), line.priority(), shared), line.number(), Math::max);
    if (before > line.number()) {
      found(
          Kind.OUT_OF_ORDER,
          new MessageName(line.sender(), line.number()),
          peer + " was shown it after #" + before);
    }
  }

  /// Where sessions leave, mail for their member that one of them had goes to another one, late.
  private boolean orderPromised(String peer, Shown line) {
    return switch (evidence.due()) {
      case Evidence.Due.Everybody everybody -> true;
      case Evidence.Due.AsRecorded(Map<String, List<String>> keys) ->
          evidence
              .cast()
              .named(peer)
              .filter(one -> keys.getOrDefault(line.id(), List.of()).contains(one.address()))
              .isPresent();
    };
  }

  private void judge(MessageName name, Message message) {
    if (message.sent.isEmpty()) {
      found(Kind.PHANTOM, name, "shown to " + message.shownBy.keySet() + " and never sent");
      return;
    }
    Entry.Sent sent = message.sent.get();
    if (message.ids().size() > 1) {
      found(Kind.TWO_IDS, name, "the broker took it as " + message.ids());
    }
    message.shownBy.forEach((peer, lines) -> judgeLines(name, sent, peer, lines));
    due(sent, name, message)
        .ifPresentOrElse(
            due -> judgeRecipients(name, message, due), () -> judgeLost(name, message));
  }

  private void judgeLines(MessageName name, Entry.Sent sent, String peer, List<Shown> lines) {
    if (lines.size() > 1) {
      found(Kind.TWICE, name, peer + " was shown it " + lines.size() + " times");
    }
    for (Shown line : lines) {
      if (!line.intact()
          || !line.target().equals(sent.target())
          || line.priority() != sent.priority()) {
        found(Kind.ALTERED, name, peer + " was shown another text, target or priority");
      }
    }
  }

  /// Empty where nobody can say.
  private Optional<List<Recipient>> due(Entry.Sent sent, MessageName name, Message message) {
    boolean toMany = sent.target().startsWith("@") || sent.target().equals(Cast.EVERYONE);
    return switch (evidence.due()) {
      case Evidence.Due.Everybody everybody ->
          Optional.of(evidence.cast().due(name.sender(), sent.target()));
      case Evidence.Due.AsRecorded(Map<String, List<String>> keys) ->
          toMany
              ? message.ids().stream()
                  .findFirst()
                  .map(keys::get)
                  .map(found ->
                      found.stream().flatMap(key -> evidence.cast().owner(key).stream()).toList())
              : Optional.of(evidence.cast().due(name.sender(), sent.target()));
    };
  }

  private void judgeLost(MessageName name, Message message) {
    if (message.acked.isPresent()) {
      found(Kind.LOST, name, "acknowledged, and the broker has no record of it");
    }
  }

  private void judgeRecipients(MessageName name, Message message, List<Recipient> due) {
    boolean promised =
        message.acked.isPresent()
            || (message.kept && message.refused.isEmpty() && evidence.sentOut());
    List<String> missing = new ArrayList<>();
    for (Recipient recipient : due) {
      Set<String> shownBy = shownBy(message, recipient);
      if (shownBy.isEmpty()) {
        missing.add(recipient.toString());
      }
      if (shownBy.size() > 1 && evidence.due() instanceof Evidence.Due.Everybody) {
        found(Kind.TWO_SESSIONS, name, "shown by " + shownBy);
      }
    }
    if (promised && !missing.isEmpty()) {
      String how = message.acked.isPresent() ? "acknowledged" : "kept by its client";
      found(Kind.LOST, name, how + ", and never shown to " + missing);
    } else if (!missing.isEmpty() && missing.size() < due.size()) {
      found(Kind.IN_PART, name, "not acknowledged, and not shown only to " + missing);
    }
    for (String peer : message.shownBy.keySet()) {
      if (due.stream().noneMatch(recipient -> includes(recipient, peer))) {
        found(Kind.STRAY, name, "shown to " + peer + ", to whom it is not due");
      }
    }
    miscounted(name, message, due);
  }

  private void miscounted(MessageName name, Message message, List<Recipient> due) {
    message
        .acked
        .filter(ack -> ack.recipients() != due.size())
        .ifPresent(ack ->
            found(
                Kind.MISCOUNTED,
                name,
                "the ack says " + ack.recipients() + " recipients, it is due to " + due.size()));
  }

  private Set<String> shownBy(Message message, Recipient recipient) {
    return message.shownBy.keySet().stream()
        .filter(peer -> includes(recipient, peer))
        .collect(Collectors.toSet());
  }

  private boolean includes(Recipient recipient, String peer) {
    return switch (recipient) {
      case Recipient.Session(String name) -> name.equals(peer);
      case Recipient.AnyOf(String member) ->
          evidence.cast().named(peer).filter(one -> one.member().equals(member)).isPresent();
    };
  }

  private void found(Kind kind, MessageName name, String what) {
    findings.add(Finding.about(kind, name, what));
  }

  private void found(Kind kind, String what) {
    findings.add(Finding.of(kind, what));
  }

  private Tally tally() {
    Map<String, Integer> refused = new TreeMap<>();
    messages
        .values()
        .forEach(
            message -> message.refused.ifPresent(code -> refused.merge(code, 1, Integer::sum)));
    Map<Kind, Integer> counts = new TreeMap<>();
    findings.forEach(finding -> counts.merge(finding.kind(), 1, Integer::sum));
    return new Tally(
        count(message -> message.sent.isPresent()),
        count(message -> message.kept),
        count(message -> message.acked.isPresent()),
        refused,
        shown,
        shownAgain,
        counts);
  }

  private int count(java.util.function.Predicate<Message> which) {
    return (int) messages.values().stream().filter(which).count();
  }
}
