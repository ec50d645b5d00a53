package dev.claudemesh.mcp.tools;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.services.ServiceReply;
import dev.claudemesh.protocol.services.ServiceRequest.ListServers;
import dev.claudemesh.protocol.services.ServiceRequest.Register;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Keeps tools registered: each time the connection is made anew, and when they change, until they
/// are taken off or are another machine's. Thread-safe.
final class Lending {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(30);

  private final AtomicReference<ToolHost.Offer> offer;
  private final CompletableFuture<MeshClient> client;
  private final Consumer<Problem> warned;
  private final ReentrantLock registering = new ReentrantLock();

  /// Odd while a connection stands; grows with each that is made or lost.
  private final AtomicInteger connections = new AtomicInteger();

  /// The connection on which the tools were registered last.
  private volatile int listedSince = -1;

  private final CompletableFuture<Void> registered = new CompletableFuture<>();
  private final CompletableFuture<Problem> ended = new CompletableFuture<>();

  /// @param warned told of what is tried again
  Lending(ToolHost.Offer offer, CompletableFuture<MeshClient> client, Consumer<Problem> warned) {
    this.offer = new AtomicReference<>(offer);
    this.client = client;
    this.warned = warned;
  }

  ToolHost.Offer offer() {
    return offer.get();
  }

  /// Completes when the tools are registered for the first time; fails if they cannot be.
  CompletableFuture<Void> done() {
    return registered;
  }

  /// Completes when they cannot be lent any more.
  CompletableFuture<Problem> ended() {
    return ended;
  }

  /// A connection was made.
  void begin() {
    connections.updateAndGet(count -> count + 1 + count % 2);
    register();
  }

  /// It was lost, or is about to be closed.
  void pause() {
    connections.updateAndGet(count -> count + count % 2);
  }

  void replace(List<ToolOffer> tools) {
    offer.updateAndGet(before -> before.with(tools));
    if (connections.get() % 2 == 1) {
      register();
    }
  }

  /// Registers until it is done, on a thread of its own: what passes is tried again after 1, 2, 4,
  /// … 30 s, while this connection stands.
  private void register() {
    int connection = connections.get();
    Thread.ofVirtual()
        .name("tool-register")
        .start(() -> {
          try {
            for (Duration pause = FIRST_PAUSE; !hasRegistered(connection); pause = longer(pause)) {
              Thread.sleep(pause);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static Duration longer(Duration pause) {
    Duration next = pause.multipliedBy(2);
    return next.compareTo(LAST_PAUSE) < 0 ? next : LAST_PAUSE;
  }

  /// @return whether nothing is left to do
  private boolean hasRegistered(int connection) {
    registering.lock(); // so that the last one tells the newest tools
    try {
      if (connection != connections.get() || ended.isDone()) {
        return true;
      }
      ToolHost.Offer now = offer.get();
      client
          .join()
          .ask(
              new Register(
                  now.name(),
                  now.description(),
                  now.tools(),
                  Optional.of(now.persistent()),
                  Optional.of(Encryption.BOX)));
      listedSince = connection;
      registered.complete(null);
      return true;
    } catch (Problem problem) {
      if (problem.code().retryable()) {
        warned.accept(problem);
        return false;
      }
      end(problem);
      return true;
    } finally {
      registering.unlock();
    }
  }

  /// For good.
  void end(Problem why) {
    registered.completeExceptionally(why);
    ended.complete(why);
  }

  /// Something was said of our name. What the broker lists decides: the news may be older than our
  /// registration.
  void look() {
    registering.lock();
    try {
      if (listedSince != connections.get() || ended.isDone()) {
        return; // we are about to register anyway
      }
      String name = offer.get().name();
      ServiceReply.Server listed =
          client.join().ask(new ListServers(Optional.of(name))).servers().getFirst();
      String own = client.join().identity().address().hex();
      if (!listed.hostPubkey().equals(Optional.of(own))) {
        end(
            new Problem(
                ProblemCode.EXISTS,
                name + " is lent from another machine now, so this one does not lend it any more"));
      }
    } catch (Problem problem) {
      if (problem.code() == ProblemCode.NOT_FOUND) {
        end(
            new Problem(
                ProblemCode.NOT_FOUND,
                offer.get().name() + " was taken off the mesh, so it is not lent any more"));
      } else {
        warned.accept(problem);
      }
    } finally {
      registering.unlock();
    }
  }
}
