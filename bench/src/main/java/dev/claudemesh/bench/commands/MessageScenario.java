package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Workload;
import dev.claudemesh.bench.load.Workload.Kind;

/// The named scenarios in which messages are sent.
///
/// A scenario without a rate sends all at once: so many messages of each sender. With a rate, the
/// number follows from how long it lasts.
enum MessageScenario {
  BLAST(
      "100 peers fire 1,000 direct messages each, all at once",
      Kind.DIRECT,
      100,
      100,
      1_000,
      0,
      0,
      2_000),
  RATE("50 peers send 300 direct messages a second in all", Kind.DIRECT, 50, 50, 0, 300, 30, 2_000),
  LONE("A lone message on an idle broker, 5 a second", Kind.DIRECT, 2, 1, 0, 5, 30, 50_000),
  GROUP("100 peers of one group, 20 group messages a second", Kind.GROUP, 100, 100, 0, 20, 30, 20),
  BROADCAST(
      "One peer writes to 1,000 others, once a second", Kind.BROADCAST, 1_001, 1, 0, 1, 20, 100);

  private static final int BODY_BYTES = 1_100;
  private static final int WINDOW = 128;

  final String title;
  private final Kind kind;
  private final int peers;
  private final int senders;
  private final int messages;
  private final double rate;
  private final int seconds;

  /// Messages of each sender before the measured ones.
  final int warmUp;

  MessageScenario(
      String title,
      Kind kind,
      int peers,
      int senders,
      int messages,
      double rate,
      int seconds,
      int warmUp) {
    this.title = title;
    this.kind = kind;
    this.peers = peers;
    this.senders = senders;
    this.messages = messages;
    this.rate = rate;
    this.seconds = seconds;
    this.warmUp = warmUp;
  }

  /// The work, with what somebody asked for instead; null where nothing was asked.
  Workload work(
      Integer peers,
      Integer messages,
      Double rate,
      Integer seconds,
      Integer bodyBytes,
      Integer window) {
    int allPeers = or(peers, this.peers);
    int allSenders = Math.min(allPeers, senders == this.peers ? allPeers : senders);
    double perSecond = or(rate, messages == null ? this.rate : 0.0);
    int perSender =
        perSecond == 0
            ? or(messages, Math.max(1, this.messages))
            : (int)
                Math.max(
                    1, Math.round(perSecond * or(seconds, Math.max(1, this.seconds)) / allSenders));
    return new Workload(
        kind,
        allPeers,
        allSenders,
        perSender,
        perSecond,
        or(bodyBytes, BODY_BYTES),
        or(window, WINDOW));
  }

  private static <T> T or(T asked, T usual) {
    return asked == null ? usual : asked;
  }
}
