package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// One connection to one mesh that comes back by itself: says hello, answers calls, keeps what is
/// sent until it is acknowledged, stores what comes before it confirms it, and looks after the
/// mesh's keys.
///
/// Thread-safe. Holds three virtual threads and an HttpClient until it is closed. Lost connections
/// are made again after 1, 2, 4, … 30 s; what cannot be mended by trying again ends the client, and
/// {@link MeshListener#ended} says what to do.
public final class MeshClient implements AutoCloseable {
  private MeshClient() {}

  /// Begins a client; {@link Builder#start} connects it.
  public static Builder builder(Identity identity, HelloDetails details) {
    return new Builder(identity, details);
  }

  /// What a client is made of. All parts but the identity and the details have a default: nothing
  /// is persisted, nobody listens.
  public static final class Builder {
    final Identity identity;
    final HelloDetails details;
    Keyring keyring = Keyring.inMemory();
    MeshListener listener = new MeshListener() {};
    Outbox outbox = new MemoryOutbox();
    Inbox inbox = new MemoryInbox();
    KeyPolicy keyPolicy = (meshId, request, members) -> Optional.of("no policy");
    ClientLimits limits = ClientLimits.SESSION;
    InstantSource clock = InstantSource.system();
    Optional<String> resumeToken = Optional.empty();

    private Builder(Identity identity, HelloDetails details) {
      this.identity = identity;
      this.details = details;
    }

    public Builder keyring(Keyring keys) {
      keyring = keys;
      return this;
    }

    public Builder listener(MeshListener told) {
      listener = told;
      return this;
    }

    /// Stays the caller's to close, after the client.
    public Builder outbox(Outbox kept) {
      outbox = kept;
      return this;
    }

    /// Stays the caller's to close, after the client.
    public Builder inbox(Inbox kept) {
      inbox = kept;
      return this;
    }

    public Builder keyPolicy(KeyPolicy policy) {
      keyPolicy = policy;
      return this;
    }

    public Builder limits(ClientLimits kept) {
      limits = kept;
      return this;
    }

    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /// The `resumeToken` of an earlier process's last hello_ack, to return within the grace
    /// unnoticed.
    public Builder resumeToken(String token) {
      resumeToken = Optional.of(token);
      return this;
    }

    /// Brings the inbox's unshown messages to the listener, then connects. Returns at once.
    public MeshClient start() {
      return new MeshClient();
    }
  }

  /// Waits until the broker knows us.
  ///
  /// @throws dev.claudemesh.protocol.Problem why it was refused, or why it could not be reached
  ///   until then
  public HelloAck ready(Duration atMost) {
    throw new UnsupportedOperationException();
  }

  public ConnectionState state() {
    throw new UnsupportedOperationException();
  }

  /// The last answer to our hello; empty before the first.
  public Optional<HelloAck> hello() {
    throw new UnsupportedOperationException();
  }

  public Identity identity() {
    throw new UnsupportedOperationException();
  }

  /// Calls an operation of the socket; completes with its reply, or with a {@link
  /// dev.claudemesh.protocol.Problem}: the broker's, `timeout`, `unreachable` if the connection is
  /// down or goes down, `limit` if too many calls wait. Messages go through {@link #send}.
  public <R extends Reply> CompletableFuture<R> call(Request<R> request) {
    throw new UnsupportedOperationException();
  }

  /// The same, waiting for the reply. Not to be called on an event loop.
  ///
  /// @throws dev.claudemesh.protocol.Problem as {@link #call}
  public <R extends Reply> R ask(Request<R> request) {
    throw new UnsupportedOperationException();
  }

  /// Encrypts a message and puts it into the outbox; completes when the broker has it on disk.
  /// Waits through lost connections without a limit of time: a caller who gives up may do so, the
  /// message is sent all the same.
  ///
  /// @throws dev.claudemesh.protocol.Problem at once, and nothing was queued: `key_pending`,
  ///   `too_large`, `repeated`, `limit`, `invalid_argument`
  public CompletableFuture<Ack> send(Outgoing message) {
    throw new UnsupportedOperationException();
  }

  /// Tells the senders that the session has been shown their messages, now or when the connection
  /// is back; marks them in the inbox.
  public void seen(Collection<String> messageIds) {
    throw new UnsupportedOperationException();
  }

  /// Flushes the outbox, leaves at once instead of after the grace, and closes.
  public void goodbye() {
    throw new UnsupportedOperationException();
  }

  /// Waits until the outbox is empty, at most so long, then closes. What was not sent stays in the
  /// outbox. May be called twice.
  public void close(Duration flushAtMost) {
    throw new UnsupportedOperationException();
  }

  /// Closes after up to 2 s for the outbox.
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
