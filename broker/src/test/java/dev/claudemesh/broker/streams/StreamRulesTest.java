package dev.claudemesh.broker.streams;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.streams.Subscriptions.Listener;
import dev.claudemesh.broker.streams.Subscriptions.Topic;
import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.streams.StreamEvent;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class StreamRulesTest {
  private static final StreamEvent.Data DATA =
      new StreamEvent.Data(
          "builds",
          JsonNodeFactory.instance.stringNode("green"),
          "Ada",
          Optional.of("a".repeat(64)),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  @Test
  void who_missed_nothing_gets_the_data_as_it_is_and_who_did_is_told_how_much() {
    assertThat(StreamRules.after(DATA, 0)).isSameAs(DATA);
    assertThat(StreamRules.after(DATA, 3).missed()).contains(3);
    assertThat(StreamRules.after(DATA, 3).data()).isEqualTo(DATA.data());
  }

  /// One who listens to one stream of one mesh, in a naive model.
  private record Fact(Topic topic, String key, String member) {}

  @Test
  void whoever_subscribes_and_leaves_in_whatever_order_a_naive_model_says_the_same() {
    RandomGenerator random = Seeds.random();
    Subscriptions subscriptions = new Subscriptions();
    Set<Fact> model = new HashSet<>();
    for (int step = 0; step < 5_000; step++) {
      String mesh = "m" + random.nextInt(2);
      Topic topic = new Topic(mesh, "s" + random.nextInt(3));
      String key = "k" + random.nextInt(4);
      String member = "member of " + key.charAt(1) % 2;
      switch (random.nextInt(8)) {
        case 0, 1, 2, 3 -> {
          subscriptions.add(topic, Listener.session(key, member));
          model.add(new Fact(topic, key, member));
        }
        case 4 -> {
          subscriptions.remove(topic, key);
          model.removeIf(fact -> fact.topic().equals(topic) && fact.key().equals(key));
        }
        case 5 -> {
          subscriptions.removeAll(mesh, key);
          model.removeIf(fact -> fact.topic().meshId().equals(mesh) && fact.key().equals(key));
        }
        case 6 -> {
          subscriptions.removeMember(mesh, member);
          model.removeIf(
              fact -> fact.topic().meshId().equals(mesh) && fact.member().equals(member));
        }
        default -> {
          if (random.nextInt(20) == 0) {
            subscriptions.removeMesh(mesh);
            model.removeIf(fact -> fact.topic().meshId().equals(mesh));
          }
        }
      }
      assertThat(subscriptions.listeners(topic))
          .extracting(Listener::key)
          .containsExactlyInAnyOrderElementsOf(
              model.stream().filter(fact -> fact.topic().equals(topic)).map(Fact::key).toList());
      assertThat(subscriptions.contains(topic, key))
          .isEqualTo(model.contains(new Fact(topic, key, member)));
      assertThat(subscriptions.count(mesh, key))
          .isEqualTo(
              model.stream()
                  .filter(fact -> fact.topic().meshId().equals(mesh) && fact.key().equals(key))
                  .count());
    }
  }
}
