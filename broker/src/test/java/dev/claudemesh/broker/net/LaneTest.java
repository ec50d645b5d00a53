package dev.claudemesh.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class LaneTest {
  private final ConcurrentLinkedQueue<String> handled = new ConcurrentLinkedQueue<>();
  private final Semaphore turns = new Semaphore(0);
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final CountDownLatch relieved = new CountDownLatch(1);
  private final Lane lane = new Lane(4, 1_000, new SteppedWorker(), relieved::countDown);

  /// Handles a frame for each turn it is given.
  private final class SteppedWorker implements Lane.Worker {
    @Override
    public void handle(byte[] frame) {
      turns.acquireUninterruptibly();
      handled.add(new String(frame, StandardCharsets.UTF_8));
    }

    @Override
    public void end() {
      ended.complete(null);
    }
  }

  private boolean add(String frame) {
    return lane.add(frame.getBytes(StandardCharsets.UTF_8));
  }

  private void settled() {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    lane.add(() -> reached.complete(null));
    reached.join();
  }

  @Test
  void frames_are_handled_in_the_order_they_came_and_the_end_comes_last() {
    turns.release(1_000);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      add("f" + i);
      expected.add("f" + i);
    }
    lane.end();
    ended.join();
    assertThat(handled).containsExactlyElementsOf(expected);
  }

  @Test
  void a_full_lane_asks_for_a_pause_and_says_when_it_is_half_empty() throws InterruptedException {
    List<Boolean> pauses = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      pauses.add(add("f" + i));
    }
    assertThat(pauses.getLast()).isTrue();
    assertThat(relieved.getCount()).isEqualTo(1);

    turns.release(8);
    assertThat(relieved.await(5, TimeUnit.SECONDS)).isTrue();
    settled();
    assertThat(add("later")).isFalse();
  }

  @Test
  void a_lane_is_full_by_bytes_too() {
    assertThat(add("x".repeat(600))).isFalse();
    assertThat(add("x".repeat(600)) | add("x".repeat(600))).isTrue();
    turns.release(3);
  }

  @Test
  void a_task_that_fails_does_not_stop_those_behind_it() {
    lane.add(() -> {
      throw new IllegalStateException("expected in this test");
    });
    turns.release();
    add("after");
    settled();
    assertThat(handled).containsExactly("after");
  }
}
