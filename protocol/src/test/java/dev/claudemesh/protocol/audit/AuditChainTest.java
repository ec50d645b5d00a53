package dev.claudemesh.protocol.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.audit.AuditChain.Break;
import dev.claudemesh.protocol.audit.AuditChain.Link;
import dev.claudemesh.protocol.crypto.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class AuditChainTest {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00.007Z");

  private record Stored(Link link, String hash) {}

  @Test
  void a_hash_is_over_exactly_the_text_that_the_protocol_names() {
    AuditChain chain = AuditChain.of("mesh");
    String first = chain.add("state_set", Optional.of("member"), "{\"key\":\"k\"}", START);
    String second = chain.add("peer_left", Optional.empty(), "{}", START.plusSeconds(61));
    assertThat(first)
        .isEqualTo(
            sha256("genesis|mesh|state_set|member|{\"key\":\"k\"}|2026-11-21T10:00:00.007Z"));
    assertThat(second)
        .isEqualTo(sha256(first + "|mesh|peer_left|null|{}|2026-11-21T10:01:01.007Z"));
    assertThat(chain.last()).isEqualTo(2);
  }

  @Test
  void an_untouched_chain_holds_from_any_entry_on() {
    List<Stored> stored = chain(50);
    assertThat(broken(stored, stored.getLast())).isEmpty();
    AuditChain rest = new AuditChain("mesh", 20, stored.get(19).hash());
    stored.subList(20, 50).forEach(one -> assertThat(rest.check(one.link(), one.hash())).isEmpty());
    assertThat(rest.checkEnd(50, stored.getLast().hash())).isEmpty();
  }

  @Test
  void whatever_is_done_to_one_entry_is_found_where_it_was_done() {
    RandomGenerator random = Seeds.random();
    for (int run = 0; run < 500; run++) {
      int length = 2 + random.nextInt(40);
      List<Stored> stored = chain(length);
      final Stored end = stored.getLast();
      int at = random.nextInt(length);
      Stored victim = stored.get(at);
      int kind = random.nextInt(7);
      switch (kind) {
        case 0 -> stored.set(at, with(victim, "{\"n\":\"other\"}"));
        case 1 -> stored.set(at, new Stored(victim.link(), sha256("forged")));
        case 2 -> stored.remove(at);
        case 3 -> stored.subList(at, length).clear();
        case 4 -> stored.set(at, by(victim, Optional.of("somebody else")));
        case 5 -> stored.set(at, at(victim, victim.link().createdAt().plusMillis(1)));
        default -> {
          int other = at == 0 ? 1 : at - 1;
          stored.set(at, moved(stored.get(other), victim.link().id()));
          stored.set(other, moved(victim, stored.get(other).link().id()));
          at = Math.min(at, other);
        }
      }
      assertThat(broken(stored, end))
          .as("kind %s at %s of %s", kind, at + 1, length)
          .hasValueSatisfying(where -> assertThat(where.at()).isPositive());
      assertThat(broken(stored, end).orElseThrow().at())
          .as("kind %s at %s of %s", kind, at + 1, length)
          .isEqualTo(at + 1);
    }
  }

  @Test
  void a_forged_entry_with_a_hash_that_fits_is_found_by_the_next() {
    List<Stored> stored = chain(10);
    AuditChain forging = new AuditChain("mesh", 4, stored.get(3).hash());
    Stored victim = with(stored.get(4), "{}");
    String fits =
        forging.add(
            victim.link().eventType(),
            victim.link().actorMemberId(),
            victim.link().payload(),
            victim.link().createdAt());
    stored.set(4, new Stored(victim.link(), fits));
    assertThat(broken(stored, stored.getLast()).orElseThrow().at()).isEqualTo(6);
  }

  private static Optional<Break> broken(List<Stored> stored, Stored end) {
    AuditChain chain = AuditChain.of("mesh");
    for (Stored one : stored) {
      Optional<Break> found = chain.check(one.link(), one.hash());
      if (found.isPresent()) {
        return found;
      }
    }
    return chain.checkEnd(end.link().id(), end.hash());
  }

  private static List<Stored> chain(int length) {
    AuditChain chain = AuditChain.of("mesh");
    List<Stored> stored = new ArrayList<>();
    for (int i = 1; i <= length; i++) {
      Link link =
          new Link(
              i,
              "event" + i % 3,
              i % 4 == 0 ? Optional.empty() : Optional.of("member"),
              "{\"n\":" + i + "}",
              START.plusMillis(i * 700L));
      String hash =
          chain.add(link.eventType(), link.actorMemberId(), link.payload(), link.createdAt());
      stored.add(new Stored(link, hash));
    }
    return stored;
  }

  private static Stored with(Stored one, String payload) {
    Link l = one.link();
    return new Stored(
        new Link(l.id(), l.eventType(), l.actorMemberId(), payload, l.createdAt()), one.hash());
  }

  private static Stored by(Stored one, Optional<String> actor) {
    Link l = one.link();
    return new Stored(
        new Link(l.id(), l.eventType(), actor, l.payload(), l.createdAt()), one.hash());
  }

  private static Stored at(Stored one, Instant when) {
    Link l = one.link();
    return new Stored(
        new Link(l.id(), l.eventType(), l.actorMemberId(), l.payload(), when), one.hash());
  }

  private static Stored moved(Stored one, long id) {
    Link l = one.link();
    return new Stored(
        new Link(id, l.eventType(), l.actorMemberId(), l.payload(), l.createdAt()), one.hash());
  }

  private static String sha256(String text) {
    return Keys.sha256Hex(text.getBytes(StandardCharsets.UTF_8));
  }
}
