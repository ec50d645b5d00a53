package dev.claudemesh.broker.mail;

import dev.claudemesh.broker.kernel.MailLimits;
import dev.claudemesh.broker.kernel.MailServer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends mail, one after the other on a thread of its own, and tries again for a while what the
/// server did not take. What it took to be sent is in memory: it does not outlive the broker.
///
/// While the server is away nothing is tried before the pause is over, so that the mails that wait
/// do not each wait for a connection.
public final class Mailer {
  private static final Logger log = LoggerFactory.getLogger(Mailer.class);

  private final Optional<Smtp> smtp;
  private final MailLimits limits;
  private final InstantSource steady;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ScheduledThreadPoolExecutor thread;
  private Instant awayUntil = Instant.MIN; // only the thread touches it

  /// @param server empty where no mail is sent
  /// @param steady measures how long is waited
  public Mailer(Optional<MailServer> server, MailLimits limits, InstantSource steady) {
    this.smtp = server.map(Smtp::new);
    this.limits = limits;
    this.steady = steady;
    this.thread =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("mail").daemon().factory());
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /// Whether mail is sent at all.
  public boolean sends() {
    return smtp.isPresent();
  }

  /// Whether none more is taken now.
  public boolean isFull() {
    return waiting.get() >= limits.queue();
  }

  /// Takes a mail to be sent soon. Never waits.
  ///
  /// @return false if no mail is sent, too many wait, or the broker stops
  public boolean offer(Mail mail) {
    if (smtp.isEmpty()) {
      return false;
    }
    if (waiting.incrementAndGet() > limits.queue()) {
      waiting.decrementAndGet();
      log.warn("{} mails wait to be sent; no more are taken", limits.queue());
      return false;
    }
    Instant now = steady.instant();
    return later(new Attempt(mail, now.plus(limits.life()), limits.firstRetry()), Duration.ZERO);
  }

  /// A mail and how it goes on if it fails.
  ///
  /// @param pause before the next attempt
  private record Attempt(Mail mail, Instant until, Duration pause) {}

  private boolean later(Attempt attempt, Duration delay) {
    try {
      thread.schedule(() -> run(attempt), delay.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (RejectedExecutionException e) {
      waiting.decrementAndGet(); // it stops
      return false;
    }
  }

  private void run(Attempt attempt) {
    Instant now = steady.instant();
    if (now.isBefore(awayUntil) && now.isBefore(attempt.until())) {
      later(attempt, Duration.between(now, awayUntil));
      return;
    }
    Smtp.Result result = smtp.orElseThrow().send(attempt.mail());
    switch (result) {
      case SENT -> waiting.decrementAndGet();
      case REFUSED -> {
        waiting.decrementAndGet();
        log.warn("The mail server refused a mail for good; it was dropped");
      }
      case NOT_NOW, AWAY -> again(attempt, result == Smtp.Result.AWAY);
    }
  }

  private void again(Attempt attempt, boolean away) {
    Instant now = steady.instant();
    if (!now.plus(attempt.pause()).isBefore(attempt.until())) {
      waiting.decrementAndGet();
      log.warn("A mail could not be sent for {}; it was dropped", limits.life());
      return;
    }
    if (away) {
      awayUntil = now.plus(attempt.pause());
    }
    Duration doubled = attempt.pause().multipliedBy(2);
    Duration next = doubled.compareTo(limits.longestRetry()) > 0 ? limits.longestRetry() : doubled;
    later(new Attempt(attempt.mail(), attempt.until(), next), attempt.pause());
  }

  /// Ends the thread; mails that wait are lost. May be called twice.
  public void stop() {
    thread.shutdownNow();
    int lost = waiting.get();
    if (lost > 0) {
      log.warn("{} mails were not sent before the broker stopped", lost);
    }
  }
}
