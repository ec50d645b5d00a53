package dev.claudemesh.protocol.client;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.LoggerFactory;

/// One thread that runs what it is given, in order, from a bounded queue. Not a virtual one: those
/// take a command longer to have at all than what it gives them to do. A task that throws is a bug:
/// it is logged, and the next one runs.
final class Lane {
  private static final Runnable END = () -> {};

  private final BlockingQueue<Runnable> queue;
  private final Runnable idle;
  private final Thread thread;
  private volatile boolean stopped;

  Lane(String name, int capacity) {
    this(name, capacity, () -> {});
  }

  /// @param idle runs after each task that nothing waits behind
  Lane(String name, int capacity, Runnable idle) {
    this.idle = idle;
    queue = new LinkedBlockingQueue<>(capacity);
    thread = FrameSocket.thread(name, this::run);
    thread.start();
  }

  /// @return false if there is no room, or the lane was stopped; then the task will not run
  boolean offer(Runnable task) {
    return !stopped && queue.offer(task);
  }

  /// Waits for room; does nothing once the lane was stopped.
  void put(Runnable task) {
    try {
      if (!stopped) {
        queue.put(task);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!(stopped && queue.isEmpty())) {
        carryOut(queue.take());
        if (queue.isEmpty()) {
          carryOut(idle);
        }
      }
    } catch (InterruptedException e) {
      stopped = true; // given up waiting for, see awaitEnd
    }
  }

  private void carryOut(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      // Asked for here: a command that has nothing to log need not wait until it could.
      LoggerFactory.getLogger(Lane.class).error("A task of {} failed", thread.getName(), e);
    }
  }

  /// Takes no more tasks; those in the queue still run.
  void stop() {
    stopped = true;
    queue.offer(END);
  }

  /// Waits for the last task, and interrupts it when the time is over. Returns at once on the
  /// lane's own thread.
  void awaitEnd(Duration atMost) {
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      if (!thread.join(atMost)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
