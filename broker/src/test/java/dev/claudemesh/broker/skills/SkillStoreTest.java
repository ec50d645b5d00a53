package dev.claudemesh.broker.skills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.skills.SkillRules.Content;
import dev.claudemesh.broker.skills.SkillStore.Shared;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.skills.SkillReply.Listed;
import dev.claudemesh.protocol.skills.SkillReply.Skill;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SkillStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static TestDatabase database;

  private MeshFixture mesh;
  private Member anna;
  private Member bert;
  private SkillStore store;

  @BeforeAll
  static void createDatabase() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void dropDatabase() {
    database.close();
  }

  @BeforeEach
  void aMesh() {
    mesh = MeshFixture.create(database.database());
    anna = member("Anna");
    bert = member("Bert");
    store = new SkillStore(database.database());
  }

  @Test
  void each_change_is_a_version_and_the_same_again_is_none() {
    assertThat(share(anna, "s", "one")).isEqualTo(new Shared.Done(1, true));
    assertThat(share(anna, "s", "one")).isEqualTo(new Shared.Done(1, false));
    assertThat(share(anna, "s", "two")).isEqualTo(new Shared.Done(2, true));

    Skill newest = store.find(bert, "s", Optional.empty()).orElseThrow();
    assertThat(newest.instructions()).isEqualTo("two");
    assertThat(newest.author()).isEqualTo("Anna");
    assertThat(newest.version()).contains(2);
    Skill first = store.find(bert, "s", Optional.of(1)).orElseThrow();
    assertThat(first.instructions()).isEqualTo("one");
    assertThat(first.newest()).contains(2);
    assertThat(store.find(bert, "s", Optional.of(3))).isEmpty();
  }

  @Test
  void only_its_author_and_admins_change_or_remove_a_skill() {
    share(anna, "s", "one");

    assertThat(share(bert, "s", "evil")).isEqualTo(new Shared.Taken("Anna"));
    assertThat(store.remove(bert, "s")).isEmpty();
    assertThat(share(admin(bert), "s", "mended")).isEqualTo(new Shared.Done(2, true));
    assertThat(store.find(bert, "s", Optional.empty()).orElseThrow().author()).isEqualTo("Anna");
    assertThat(store.remove(admin(bert), "s")).isPresent();
    assertThat(store.find(bert, "s", Optional.of(1))).isEmpty();
  }

  @Test
  void the_newest_twenty_versions_are_kept() {
    IntStream.rangeClosed(1, 25).forEach(i -> share(anna, "s", "text " + i));

    assertThat(store.find(bert, "s", Optional.of(5))).isEmpty();
    assertThat(store.find(bert, "s", Optional.of(6))).isPresent();
    assertThat(store.find(bert, "s", Optional.empty()).orElseThrow().version()).contains(25);
  }

  @Test
  void many_who_share_at_once_make_one_version_after_the_other() throws Exception {
    try (Database wide = Team.wide(database);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      SkillStore racing = new SkillStore(wide);
      List<Callable<Shared>> tasks =
          IntStream.range(0, 20)
              .<Callable<Shared>>mapToObj(
                  i -> () -> racing.share(anna, "s", Ids.next(), content("text " + i), NOW, 100))
              .toList();
      List<Integer> versions = new ArrayList<>();
      for (Future<Shared> outcome : threads.invokeAll(tasks)) {
        versions.add(((Shared.Done) outcome.get()).version());
      }
      assertThat(versions)
          .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 20).boxed().toList());
    }
  }

  @Test
  void a_skill_is_found_by_name_description_and_tag_and_a_percent_sign_means_itself() {
    store.share(
        anna,
        "release",
        Ids.next(),
        new Content("How we 100% ship", "x", List.of("Ops"), "{}"),
        NOW,
        100);
    share(anna, "other", "x");

    assertThat(names("RELEASE")).containsExactly("release");
    assertThat(names("100%")).containsExactly("release");
    assertThat(names("ops")).containsExactly("release");
    assertThat(names("%")).containsExactly("release");
    assertThat(names("")).containsExactly("other", "release");
    assertThat(store.list(member(MeshFixture.create(database.database()), "Eve"), "")).isEmpty();
  }

  @Test
  void a_full_mesh_takes_new_versions_only() {
    share(anna, "a", "x");
    assertThat(store.share(anna, "b", Ids.next(), content("x"), NOW, 1))
        .isInstanceOf(Shared.Full.class);
    assertThat(store.share(anna, "a", Ids.next(), content("y"), NOW, 1))
        .isEqualTo(new Shared.Done(2, true));
  }

  private List<String> names(String query) {
    return store.list(anna, query).stream().map(Listed::name).toList();
  }

  private Shared share(Member by, String name, String instructions) {
    return store.share(by, name, Ids.next(), content(instructions), NOW, 100);
  }

  private static Content content(String instructions) {
    return new Content("what", instructions, List.of(), "{}");
  }

  private Member member(String name) {
    return member(mesh, name);
  }

  private static Member member(MeshFixture mesh, String name) {
    return new MembershipStore(database.database())
        .byId(mesh.id(), mesh.member(name).id())
        .orElseThrow()
        .member();
  }

  /// The same member, promoted.
  private Member admin(Member member) {
    database
        .database()
        .dsl()
        .query("update mesh.member set role = 'admin' where id = ?", member.id())
        .execute();
    return new MembershipStore(database.database())
        .byId(mesh.id(), member.id())
        .orElseThrow()
        .member();
  }
}
