package dev.claudemesh.broker.accounts;

import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.PasswordHash;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Hashes passwords on few threads of its own: each hash takes a processor and 64 MiB for a while,
/// and a virtual thread would hold up others meanwhile.
final class PasswordHasher {
  private final ThreadPoolExecutor threads;
  private String nobodys = "";

  PasswordHasher(AccountLimits limits) {
    threads =
        new ThreadPoolExecutor(
            limits.hashers(),
            limits.hashers(),
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(limits.hashQueue()),
            Thread.ofPlatform().name("passwords-", 0).daemon().factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /// @throws Problem `busy` if too many wait
  String hash(String password) {
    return run(() -> PasswordHash.of(password));
  }

  /// @throws Problem `busy` if too many wait
  boolean matches(String hash, String password) {
    return run(() -> PasswordHash.matches(hash, password));
  }

  /// Takes as long as {@link #matches} for somebody there is not.
  ///
  /// @throws Problem `busy` if too many wait
  void matchNobody(String password) {
    matches(nobodys(), password);
  }

  private synchronized String nobodys() {
    if (nobodys.isEmpty()) {
      nobodys = hash(java.util.UUID.randomUUID().toString());
    }
    return nobodys;
  }

  private <T> T run(Callable<T> work) {
    Future<T> done;
    try {
      done = threads.submit(work);
    } catch (RejectedExecutionException e) {
      throw new Problem(
          ProblemCode.BUSY, "Too many people sign in just now. Try again in a moment");
    }
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("A password could not be hashed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Problem(ProblemCode.BUSY, "The broker is stopping; try again when it is back");
    }
  }

  /// Ends the threads. May be called twice.
  void stop() {
    threads.shutdownNow();
  }
}
