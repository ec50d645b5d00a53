package dev.claudemesh.broker.meshes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.kernel.CreationToken;
import dev.claudemesh.broker.kernel.MeshCreation;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.meshes.MeshRequest.SealedFor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MeshRulesTest {
  private static final String ANNA = "a".repeat(64);
  private static final String BEN = "b".repeat(64);

  @Test
  void a_slug_is_the_name_in_lower_case_with_dashes() {
    assertThat(MeshRules.slugOf("Team Rocket!")).isEqualTo("team-rocket");
    assertThat(MeshRules.slugOf("  --A  b__C--  ")).isEqualTo("a-b-c");
    assertThat(MeshRules.slugOf("Zoë & Søn")).isEqualTo("zoe-s-n");
  }

  @Test
  void a_name_without_a_latin_letter_still_gets_a_slug() {
    assertThat(MeshRules.slugOf("日本語")).isEqualTo("mesh");
  }

  @Test
  void a_very_long_name_gives_a_slug_that_leaves_room_for_a_number() {
    String slug = MeshRules.slugOf("x".repeat(80));
    assertThat(MeshRules.freeSlug(slug, Set.of(slug)).length())
        .isLessThanOrEqualTo(MeshRules.LONGEST_SLUG);
  }

  @Test
  void a_taken_slug_gets_the_first_free_number() {
    assertThat(MeshRules.freeSlug("team", Set.of())).isEqualTo("team");
    assertThat(MeshRules.freeSlug("team", Set.of("team"))).isEqualTo("team-2");
    assertThat(MeshRules.freeSlug("team", Set.of("team", "team-2", "team-4"))).isEqualTo("team-3");
  }

  @Test
  void the_hundred_and_first_mesh_of_a_name_is_refused() {
    List<String> taken =
        IntStream.rangeClosed(1, 100).mapToObj(n -> n == 1 ? "team" : "team-" + n).toList();
    Refusal.expect(ProblemCode.LIMIT, () -> MeshRules.freeSlug("team", taken));
  }

  @Test
  void a_chosen_slug_must_be_one() {
    assertThat(MeshRules.checkSlug("a-b-2")).isEqualTo("a-b-2");
    for (String bad : List.of("", "-a", "a-", "a--b", "A", "a b", "a|b", "x".repeat(61))) {
      Refusal.expect(ProblemCode.INVALID_REQUEST, () -> MeshRules.checkSlug(bad));
    }
  }

  @Test
  void a_mesh_id_cannot_hold_the_sign_that_separates_signed_parts() {
    Refusal.expect(ProblemCode.INVALID_REQUEST, () -> MeshRules.checkMeshId("abcdefgh|12345678"));
    Refusal.expect(ProblemCode.INVALID_REQUEST, () -> MeshRules.checkMeshId("short"));
    assertThat(MeshRules.checkMeshId("abcdefghABCDEFGH")).isEqualTo("abcdefghABCDEFGH");
  }

  @Test
  void anyone_makes_meshes_on_an_open_broker_and_nobody_on_a_closed_one() {
    assertThatCode(
            () -> MeshRules.checkCreation(MeshCreation.OPEN, Optional.empty(), Optional.empty()))
        .doesNotThrowAnyException();
    Refusal.expect(
        ProblemCode.MESH_CREATION_CLOSED,
        () -> MeshRules.checkCreation(MeshCreation.CLOSED, Optional.empty(), Optional.of("x")));
  }

  @Test
  void a_broker_that_asks_for_a_token_takes_only_that_one() {
    Optional<CreationToken> token = Optional.of(new CreationToken("secret\n"));
    assertThatCode(
            () -> MeshRules.checkCreation(MeshCreation.TOKEN, token, Optional.of(" secret ")))
        .doesNotThrowAnyException();
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MeshRules.checkCreation(MeshCreation.TOKEN, token, Optional.of("wrong")));
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MeshRules.checkCreation(MeshCreation.TOKEN, token, Optional.empty()));
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () ->
            MeshRules.checkCreation(
                MeshCreation.TOKEN, Optional.of(new CreationToken("")), Optional.of("")));
  }

  @Test
  void a_seal_counts_only_for_the_mesh_epoch_member_and_key_it_was_signed_for() {
    SecretKey sealer = Keys.generate();
    String signature = Keys.sign(sealer, Canonical.seal("mesh", 3, ANNA, "sealed"));
    assertThatCode(
            () -> MeshRules.checkSeal("mesh", 3, ANNA, "sealed", signature, sealer.publicKey()))
        .doesNotThrowAnyException();
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () -> MeshRules.checkSeal("other", 3, ANNA, "sealed", signature, sealer.publicKey()));
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () -> MeshRules.checkSeal("mesh", 4, ANNA, "sealed", signature, sealer.publicKey()));
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () -> MeshRules.checkSeal("mesh", 3, BEN, "sealed", signature, sealer.publicKey()));
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () -> MeshRules.checkSeal("mesh", 3, ANNA, "other", signature, sealer.publicKey()));
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () ->
            MeshRules.checkSeal("mesh", 3, ANNA, "sealed", signature, Keys.generate().publicKey()));
  }

  @Test
  void a_new_epoch_covers_every_member_and_nobody_else() {
    assertThatCode(
            () -> MeshRules.checkCoverage(Set.of(ANNA, BEN), List.of(sealed(ANNA), sealed(BEN))))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> MeshRules.checkCoverage(Set.of(ANNA, BEN), List.of(sealed(ANNA))))
        .isInstanceOfSatisfying(
            Problem.class,
            problem ->
                assertThat(problem.details().orElseThrow().get("missing").get(0).asString())
                    .isEqualTo(BEN));
    assertThatThrownBy(
            () -> MeshRules.checkCoverage(Set.of(ANNA), List.of(sealed(ANNA), sealed(BEN))))
        .isInstanceOfSatisfying(
            Problem.class,
            problem ->
                assertThat(problem.details().orElseThrow().get("unknown").get(0).asString())
                    .isEqualTo(BEN));
    Refusal.expect(
        ProblemCode.INVALID_REQUEST,
        () -> MeshRules.checkCoverage(Set.of(ANNA), List.of(sealed(ANNA), sealed(ANNA))));
  }

  @Test
  void who_comes_late_with_an_epoch_is_told_the_current_one() {
    Problem problem = MeshRules.stale(7);
    assertThat(problem.code()).isEqualTo(ProblemCode.STALE_EPOCH);
    assertThat(problem.details().orElseThrow().get("epoch").asInt()).isEqualTo(7);
  }

  private static SealedFor sealed(String member) {
    return new SealedFor(member, "sealed", "signature");
  }
}
