package dev.claudemesh.cli.approvals;

import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.approvals.ApprovalEvent;
import dev.claudemesh.protocol.approvals.ApprovalRequest.Watch;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The connection on which requests come: a queue of what is heard, and what is open when it
/// begins.
final class Requests implements AutoCloseable {
  private static final Duration FIRST = Duration.ofSeconds(5);
  private static final int MOST_WAITING = 1_000;

  private final Context context;
  private final Membership member;
  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>(MOST_WAITING);
  private final Link link;

  Requests(Context context, Membership member) {
    this.context = context;
    this.member = member;
    this.link = Link.open(context, member, new Listener());
  }

  Link link() {
    return link;
  }

  /// What was heard next: an event, a `HelloAck` when the connection is back, a problem that ended
  /// it, or what was offered; null after so long.
  Object next(Duration atMost) throws InterruptedException {
    return heard.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  void offer(Object what) {
    if (!heard.offer(what)) {
      heard.clear();
      heard.add(new Problem(ProblemCode.LIMIT, "Too much waits to be looked at"));
    }
  }

  /// What is open now.
  ///
  /// @param stay whether what comes is heard, too
  List<Asked> open(boolean stay) throws InterruptedException {
    int count = link.ask(new Watch(Optional.of(!stay))).open();
    List<Asked> open = new ArrayList<>();
    for (int seen = 0; seen < count; ) {
      switch (next(FIRST)) {
        case null -> seen = count;
        case ApprovalEvent.Asked event -> {
          seen++;
          read(event).ifPresent(open::add);
        }
        case Problem ended -> throw ended;
        default -> {}
      }
    }
    return open;
  }

  Optional<Asked> read(ApprovalEvent.Asked event) {
    return Asked.open(event, member.key(), context.clock().instant());
  }

  @Override
  public void close() {
    link.close();
  }

  private final class Listener implements MeshListener {
    private boolean connectedBefore;

    @Override
    public void connected(HelloAck hello) {
      if (connectedBefore) {
        offer(hello);
      }
      connectedBefore = true;
    }

    @Override
    public void event(Event event) {
      if (event instanceof ApprovalEvent) {
        offer(event);
      }
    }

    @Override
    public void disconnected(Problem why, Duration retryIn) {
      context.terminal().warn("Not connected; trying again");
    }

    @Override
    public void ended(Problem why) {
      offer(why);
    }
  }
}
