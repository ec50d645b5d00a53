package dev.claudemesh.cli.demo;

import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.IncomingMessage;
import dev.claudemesh.protocol.client.Keyring;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// A session of one actor, as Claude Code's MCP server would be: it is seen, it receives, and it
/// says whether it works.
final class Session implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(20);
  private static final Duration ARRIVAL = Duration.ofSeconds(20);
  private static final int MOST = 1_000;

  private final BlockingQueue<IncomingMessage> arrived = new LinkedBlockingQueue<>(MOST);
  private final MeshClient client;

  Session(Membership member, String name) {
    MeshListener listener =
        new MeshListener() {
          @Override
          public void message(IncomingMessage message) {
            arrived.add(message);
          }
        };
    client =
        MeshClient.builder(
                member.identity(Keys.generate()),
                HelloDetails.ofThisProcess(Purpose.SESSION).named(name))
            .keyring(new Keyring(member.keys(), key -> {}))
            .listener(listener)
            .start();
    client.ready(READY);
  }

  void is(Status status) {
    client.ask(new PresenceRequest.SetStatus(status, Optional.of(StatusSource.HOOK)));
  }

  /// The next message; waits for it.
  IncomingMessage next() throws InterruptedException {
    IncomingMessage message = arrived.poll(ARRIVAL.toMillis(), TimeUnit.MILLISECONDS);
    if (message == null) {
      throw new IllegalStateException("No message came within " + ARRIVAL.toSeconds() + " s");
    }
    return message;
  }

  boolean hasMail() {
    return !arrived.isEmpty();
  }

  @Override
  public void close() {
    client.close();
  }
}
