package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Context;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.client.IncomingMessage;
import dev.claudemesh.protocol.client.JournalInbox;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.client.Undecryptable;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.Purpose;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// The member's mail on some meshes. What comes is written down before the broker hears that we
/// have it, and shown once, whatever happens to this process.
final class Mailbox implements AutoCloseable {
  /// When nothing came for so long, there is no more: the broker hands out what waits without a
  /// pause.
  private static final Duration QUIET = Duration.ofMillis(400);

  /// More than the inbox holds unread; the rest stays with the broker for the next time.
  private static final int MOST = 20_000;

  private final BlockingQueue<Letter> arrived = new LinkedBlockingQueue<>(MOST);
  private final List<Open> boxes = new ArrayList<>();

  /// What came.
  record Letter(
      Membership mesh, Optional<IncomingMessage> message, Optional<Undecryptable> undecryptable) {}

  private record Open(Membership mesh, JournalInbox inbox, MeshClient client) {}

  /// Opens the mail of all these meshes. One whose broker cannot be reached is told as a warning,
  /// unless it is the only one.
  ///
  /// @throws Problem if none can be reached, or another process reads the same mail
  static Mailbox open(Context context, List<Membership> meshes) {
    Mailbox mailbox = new Mailbox();
    try {
      meshes.forEach(mesh -> mailbox.boxes.add(mailbox.start(context, mesh)));
      mailbox.awaitOpen(context);
      return mailbox;
    } catch (RuntimeException e) {
      mailbox.close();
      throw e;
    }
  }

  private Open start(Context context, Membership mesh) {
    Path file =
        context
            .folder()
            .path()
            .resolve("inbox")
            .resolve(mesh.meshId().replaceAll("[^A-Za-z0-9_-]", "_") + ".journal");
    JournalInbox inbox = JournalInbox.open(file);
    MeshListener listener =
        new Link.Talkative(context) {
          @Override
          public void message(IncomingMessage message) {
            arrived.add(new Letter(mesh, Optional.of(message), Optional.empty()));
          }

          @Override
          public void undecryptable(Undecryptable message) {
            arrived.add(new Letter(mesh, Optional.empty(), Optional.of(message)));
          }
        };
    MeshClient client =
        Link.builder(context, mesh, Purpose.INBOX).inbox(inbox).listener(listener).start();
    return new Open(mesh, inbox, client);
  }

  private void awaitOpen(Context context) {
    List<Problem> problems = new ArrayList<>();
    for (Open box : boxes) {
      try {
        box.client().ready(Link.READY);
      } catch (Problem e) {
        problems.add(e);
        if (boxes.size() > 1) {
          context.terminal().warn(box.mesh().slug() + ": " + e.getMessage());
        }
      }
    }
    if (problems.size() == boxes.size() && arrived.isEmpty()) {
      throw problems.getFirst();
    }
  }

  /// What came, and for so long waits for a first one.
  List<Letter> collect(Duration atMost) throws InterruptedException {
    List<Letter> letters = new ArrayList<>();
    Duration first = atMost.compareTo(QUIET) > 0 ? atMost : QUIET;
    for (Letter next = poll(first); next != null; next = poll(QUIET)) {
      letters.add(next);
    }
    return letters;
  }

  private Letter poll(Duration atMost) throws InterruptedException {
    return arrived.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// The user has been shown these: they are not brought again, and their senders hear of it.
  void shown(List<Letter> letters) {
    for (Open box : boxes) {
      List<String> ids =
          letters.stream()
              .filter(letter -> letter.mesh().equals(box.mesh()))
              .flatMap(letter -> letter.message().map(IncomingMessage::id).stream())
              .toList();
      if (!ids.isEmpty()) {
        box.client().seen(ids);
      }
    }
  }

  @Override
  public void close() {
    for (Open box : boxes) {
      box.client().close();
      box.inbox().close();
    }
  }
}
