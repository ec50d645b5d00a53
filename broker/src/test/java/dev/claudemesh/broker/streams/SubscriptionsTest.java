package dev.claudemesh.broker.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.streams.Subscriptions.Listener;
import dev.claudemesh.broker.streams.Subscriptions.Topic;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SubscriptionsTest {
  private static final Topic BUILDS = new Topic("mesh", "builds");
  private static final int ROUNDS = 50_000;

  private final Subscriptions subscriptions = new Subscriptions();

  @Test
  void who_begins_to_listen_while_the_last_one_leaves_is_not_lost() throws Exception {
    try (ExecutorService other = Executors.newSingleThreadExecutor()) {
      Future<?> comesAndGoes =
          other.submit(() -> {
            for (int i = 0; i < ROUNDS; i++) {
              subscriptions.add(BUILDS, Listener.session("other", "m2"));
              subscriptions.remove(BUILDS, "other");
            }
          });
      int lost = 0;
      while (!comesAndGoes.isDone()) {
        subscriptions.add(BUILDS, Listener.session("own", "m1"));
        lost += subscriptions.contains(BUILDS, "own") ? 0 : 1;
        subscriptions.remove(BUILDS, "own");
      }
      comesAndGoes.get();
      assertThat(lost).isZero();
    }
    assertThat(subscriptions.listeners(BUILDS)).isEmpty();
  }
}
