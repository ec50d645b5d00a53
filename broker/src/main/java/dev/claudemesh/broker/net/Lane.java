package dev.claudemesh.broker.net;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection's own line of work: its frames are handled one after the other, on a virtual
/// thread that lives while there are any.
///
/// Never refuses: when too much waits, `full` tells the event loop to stop reading the socket until
/// half is done. So a connection can only hold itself up, and what waits is bounded by the marks
/// plus what one read of the socket brought.
final class Lane {
  private static final Logger log = LoggerFactory.getLogger(Lane.class);

  private final int highFrames;
  private final long highBytes;
  private final Worker worker;
  private final Runnable relieved;
  private final Deque<Task> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean running;
  private boolean paused;

  /// What a lane does; may block.
  interface Worker {
    void handle(byte[] frame);

    /// After the last frame.
    void end();
  }

  private sealed interface Task {
    record Frame(byte[] bytes) implements Task {}

    record Errand(Runnable run) implements Task {}
  }

  /// @param relieved told when a full lane is half empty again
  Lane(int highFrames, long highBytes, Worker worker, Runnable relieved) {
    this.highFrames = highFrames;
    this.highBytes = highBytes;
    this.worker = worker;
    this.relieved = relieved;
  }

  /// Puts a frame at the end of the line.
  ///
  /// @return whether the caller should stop reading until it is told that there is room
  boolean add(byte[] frame) {
    synchronized (waiting) {
      waitingBytes += frame.length;
      enqueue(new Task.Frame(frame));
      if (waiting.size() >= highFrames || waitingBytes >= highBytes) {
        paused = true;
      }
      return paused;
    }
  }

  /// Puts something other than a frame at the end of the line.
  void add(Runnable errand) {
    synchronized (waiting) {
      enqueue(new Task.Errand(errand));
    }
  }

  /// The socket is gone: what came before is still handled, then the worker is told.
  void end() {
    add(worker::end);
  }

  private void enqueue(Task task) {
    waiting.add(task);
    if (!running) {
      running = true;
      Thread.ofVirtual().name("lane").start(this::run);
    }
  }

  private void run() {
    while (true) {
      Task task;
      boolean relief = false;
      synchronized (waiting) {
        task = waiting.poll();
        if (task == null) {
          running = false;
          return;
        }
        if (task instanceof Task.Frame(byte[] bytes)) {
          waitingBytes -= bytes.length;
        }
        if (paused && waiting.size() <= highFrames / 2 && waitingBytes <= highBytes / 2) {
          paused = false;
          relief = true;
        }
      }
      if (relief) {
        relieved.run();
      }
      carryOut(task);
    }
  }

  /// A bug here must not cost the frames behind it.
  private void carryOut(Task task) {
    try {
      switch (task) {
        case Task.Frame(byte[] bytes) -> worker.handle(bytes);
        case Task.Errand(Runnable errand) -> errand.run();
      }
    } catch (RuntimeException | Error bug) {
      log.error("A lane's task failed", bug);
    }
  }
}
