package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.presence.PresenceReply.Peer;
import dev.claudemesh.protocol.presence.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Who is on the mesh now, and who could be.
@Does(Effect.READ)
@Command(
    name = "peers",
    description = "Show who is on the mesh now; members who are away are shown muted.")
public final class PeersCommand extends MeshCommand {
  private static final Duration WATCH_EVERY = Duration.ofSeconds(2);

  @Option(
      names = {"-w", "--watch"},
      description = "Keep showing, until Ctrl-C.")
  private boolean watch;

  public PeersCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record View(String mesh, List<Peer> peers, List<Member> away) {}

  @Override
  public Integer call() throws Exception {
    return watch ? watch() : super.call();
  }

  @Override
  protected Answer answer() {
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      return answer(member, view(member, link));
    }
  }

  private static View view(Membership member, Link link) {
    List<Peer> peers = link.peers();
    List<Member> away =
        link.members().stream()
            .filter(other ->
                peers.stream()
                    .noneMatch(peer ->
                        peer.memberPubkey().equals(other.pubkey())
                            || other.pubkey().filter(peer.pubkey()::equals).isPresent()))
            .toList();
    return new View(member.slug(), peers, away);
  }

  private Answer answer(Membership member, View view) {
    Answer answer = Answer.of(view);
    Instant now = context.clock().instant();
    Table table = Table.of("PEER", "STATUS", "GROUPS", "DOING", "FOLDER", "SINCE");
    view.peers()
        .forEach(peer ->
            table.row(
                style(peer),
                peer.displayName(),
                status(peer),
                groups(peer),
                peer.summary().orElse(""),
                folder(peer),
                Span.ago(Duration.between(peer.connectedAt(), now))));
    view.away()
        .forEach(other ->
            table.row(
                Style.MUTED,
                other.displayName(),
                "away",
                "",
                "",
                "",
                other
                    .lastSeenAt()
                    .map(seen -> Span.ago(Duration.between(seen, now)))
                    .orElse("never")));
    answer.table(table);
    if (view.peers().isEmpty()) {
      answer.remark(
          "  Nobody is on "
              + member.slug()
              + " now. A session comes here when Claude Code starts it: claudemesh install, then"
              + " claude; or: claudemesh launch");
    }
    return answer.next("claudemesh send <name> \"<text>\"" + meshFlag(member));
  }

  private int watch() throws InterruptedException {
    Membership member = membership();
    Terminal terminal = context.terminal();
    View before = null;
    try (Link link = Link.open(context, member)) {
      while (true) {
        View view = view(member, link);
        if (!json || !view.equals(before)) {
          terminal.clear();
          answer(member, view).print(terminal, json);
        }
        before = view;
        TimeUnit.NANOSECONDS.sleep(WATCH_EVERY.toNanos());
      }
    } catch (InterruptedException e) {
      return ExitCode.OK.number();
    }
  }

  private static Style style(Peer peer) {
    if (peer.connected().filter(connected -> !connected).isPresent()) {
      return Style.MUTED;
    }
    return peer.status() == Status.IDLE ? null : Style.WARNING;
  }

  private static String status(Peer peer) {
    boolean lost = peer.connected().filter(connected -> !connected).isPresent();
    return peer.status().name().toLowerCase(Locale.ROOT) + (lost ? ", lost" : "");
  }

  private static String groups(Peer peer) {
    return peer.groups().stream()
        .map(GroupRole::name)
        .map("@"::concat)
        .collect(Collectors.joining(" "));
  }

  private static String folder(Peer peer) {
    return peer.hostname().map(host -> host + ":").orElse("") + peer.cwd();
  }
}
