package dev.claudemesh.broker.members;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.Team.Mesh;
import dev.claudemesh.broker.Team.Person;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.ConnectionReply.SelfEditable;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.members.MemberReply;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MembersTest {
  private static TestDatabase database;
  private static Database wide;
  private static Team team;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
    wide = Team.wide(database);
    team = new Team(wide);
  }

  @AfterAll
  static void close() {
    wide.close();
    database.close();
  }

  @Test
  void the_list_names_everyone_and_who_waits_for_the_key() {
    Mesh mesh = team.mesh("List");
    Person ben = team.join(mesh, "Ben");
    List<MemberReply.Member> members = team.as(ben, new MemberRequest.ListMembers()).members();
    assertThat(members).extracting(MemberReply.Member::displayName).containsExactly("Olga", "Ben");
    assertThat(members)
        .extracting(member -> member.keyPending().orElseThrow())
        .containsExactly(false, true);
    assertThat(members)
        .extracting(member -> member.owner().orElseThrow())
        .containsExactly(true, false);
    assertThat(members)
        .extracting(member -> member.online().orElseThrow())
        .containsExactly(false, false);
    assertThat(members)
        .extracting(member -> member.pubkey().orElseThrow())
        .containsExactly(mesh.owner().pubkey(), ben.pubkey());
  }

  @Test
  void a_member_changes_their_own_profile_and_only_what_changed_is_told() {
    Mesh mesh = team.mesh("Profile");
    Person ben = team.join(mesh, "Ben");
    MemberReply.Updated updated =
        team.as(
            ben,
            new MemberRequest.Update(
                ben.memberId(),
                Optional.of("Ben"),
                Optional.of("review"),
                Optional.of(List.of(new GroupRole("backend/api", Optional.of("lead")))),
                Optional.empty(),
                Optional.empty()));
    assertThat(updated.changes()).containsOnlyKeys("roleTag", "groups");
    assertThat(updated.member().roleTag()).contains("review");
    assertThat(team.happened()).contains(new Happening.MemberChanged(mesh.id(), ben.memberId()));
  }

  @Test
  void a_mesh_can_keep_fields_to_its_admins() {
    Mesh mesh = team.mesh("Managed");
    Person ben = team.join(mesh, "Ben");
    team.as(
        mesh.owner(),
        new MeshRequest.Settings(
            Optional.of(new SelfEditable(false, true, true, true)), Optional.empty()));
    Problem problem =
        Refusal.expect(ProblemCode.FORBIDDEN, () -> team.as(ben, rename(ben, "King")));
    assertThat(problem).hasMessageContaining("admin-managed fields: displayName");
    assertThat(team.as(mesh.owner(), rename(ben, "Benny")).member().displayName())
        .isEqualTo("Benny");
  }

  @Test
  void a_member_of_another_mesh_is_not_found() {
    Mesh mesh = team.mesh("Mine");
    Mesh other = team.mesh("Yours");
    Refusal.expect(ProblemCode.NOT_FOUND, () -> team.as(mesh.owner(), rename(other.owner(), "x")));
    Refusal.expect(
        ProblemCode.NOT_FOUND,
        () ->
            team.as(
                mesh.owner(),
                new MemberRequest.SetPermissions(
                    other.owner().memberId(), Map.of("canSend", false))));
    Refusal.expect(
        ProblemCode.NOT_FOUND,
        () -> team.as(mesh.owner(), new MemberRequest.Ban(other.owner().memberId())));
    Refusal.expect(
        ProblemCode.NOT_FOUND,
        () -> team.as(mesh.owner(), new MemberRequest.Ban(other.owner().pubkey())));
  }

  @Test
  void permissions_start_from_the_role_and_keep_what_is_not_named() {
    Mesh mesh = team.mesh("Permissions");
    Person ben = team.join(mesh, "Ben");
    team.as(
        mesh.owner(), new MemberRequest.SetPermissions(ben.memberId(), Map.of("canInvite", true)));
    team.as(
        mesh.owner(), new MemberRequest.SetPermissions(ben.memberId(), Map.of("canSend", false)));
    MemberReply.MemberPermissions shown =
        team.as(ben, new MemberRequest.ListPermissions()).members().stream()
            .filter(one -> one.memberId().equals(ben.memberId()))
            .findFirst()
            .orElseThrow();
    assertThat(shown.permissions())
        .containsEntry("canInvite", true)
        .containsEntry("canSend", false)
        .containsEntry("canWriteState", true)
        .hasSize(11);
    assertThat(team.member(ben).permissions().canSend()).isFalse();
  }

  @Test
  void two_who_change_different_permissions_at_once_both_succeed() throws Exception {
    Mesh mesh = team.mesh("Both");
    Person ben = team.join(mesh, "Ben");
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String name : List.of("canInvite", "canDeployMcp", "canManageFiles", "canManageVault")) {
        running.add(
            threads.submit(() ->
                team.as(
                    mesh.owner(),
                    new MemberRequest.SetPermissions(ben.memberId(), Map.of(name, true)))));
      }
    }
    for (Future<?> one : running) {
      one.get();
    }
    assertThat(team.member(ben).permissions().toMap())
        .containsEntry("canInvite", true)
        .containsEntry("canDeployMcp", true)
        .containsEntry("canManageFiles", true)
        .containsEntry("canManageVault", true);
  }

  @Test
  void nobody_can_lock_the_owner_out() {
    Mesh mesh = team.mesh("Locked");
    Person ada = team.join(mesh, "Ada", "admin");
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () ->
            team.as(
                ada,
                new MemberRequest.SetPermissions(
                    mesh.owner().memberId(), Map.of("canDeleteMesh", false))));
    Refusal.expect(ProblemCode.FORBIDDEN, () -> team.as(ada, new MemberRequest.Ban("Olga")));
    Refusal.expect(ProblemCode.FORBIDDEN, () -> team.as(mesh.owner(), new MemberRequest.Leave()));
    assertThat(team.member(mesh.owner()).permissions().canDeleteMesh()).isTrue();
  }

  @Test
  void grants_are_kept_by_member_key_and_null_takes_one_away() {
    Mesh mesh = team.mesh("Grants");
    Person ben = team.join(mesh, "Ben");
    Map<String, Optional<List<String>>> block = new LinkedHashMap<>();
    block.put(mesh.owner().pubkey(), Optional.of(List.of()));
    assertThat(team.as(ben, new MemberRequest.SetGrants(block)).grants())
        .containsEntry(mesh.owner().pubkey(), List.of());
    assertThat(team.as(ben, new MemberRequest.GetGrants()).grants())
        .containsOnlyKeys(mesh.owner().pubkey());
    Map<String, Optional<List<String>>> reset = Map.of(mesh.owner().pubkey(), Optional.empty());
    assertThat(team.as(ben, new MemberRequest.SetGrants(reset)).grants()).isEmpty();
    assertThat(team.as(mesh.owner(), new MemberRequest.GetGrants()).grants()).isEmpty();
  }

  @Test
  void a_grant_for_a_key_of_another_mesh_is_refused() {
    Mesh mesh = team.mesh("Foreign grant");
    Mesh other = team.mesh("Other grant");
    Refusal.expect(
        ProblemCode.NOT_FOUND,
        () ->
            team.as(
                mesh.owner(),
                new MemberRequest.SetGrants(
                    Map.of(other.owner().pubkey(), Optional.of(List.of("dm"))))));
  }

  @Test
  void grants_changed_at_once_are_all_kept() throws Exception {
    Mesh mesh = team.mesh("Grants at once");
    List<Person> people = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      people.add(team.join(mesh, "P" + i));
    }
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Person person : people) {
        running.add(
            threads.submit(() ->
                team.as(
                    mesh.owner(),
                    new MemberRequest.SetGrants(
                        Map.of(person.pubkey(), Optional.of(List.of("dm")))))));
      }
    }
    for (Future<?> one : running) {
      one.get();
    }
    assertThat(team.as(mesh.owner(), new MemberRequest.GetGrants()).grants()).hasSize(6);
  }

  @Test
  void a_ban_removes_and_an_unban_takes_back() {
    Mesh mesh = team.mesh("Ban");
    Person ben = team.join(mesh, "Ben");
    assertThat(team.as(mesh.owner(), new MemberRequest.Ban("ben")).banned()).isEqualTo("Ben");
    assertThat(team.happened())
        .contains(new Happening.MemberRemoved(mesh.id(), ben.memberId(), true));
    assertThat(team.as(mesh.owner(), new MemberRequest.ListBans()).bans())
        .containsExactly(new MemberReply.Ban("Ben", ben.pubkey(), team.now()));
    Refusal.expect(
        ProblemCode.NOT_FOUND, () -> team.as(mesh.owner(), new MemberRequest.Ban("ben")));
    assertThat(team.as(mesh.owner(), new MemberRequest.Unban(ben.pubkey())).unbanned())
        .isEqualTo("Ben");
    assertThat(team.happened()).contains(new Happening.KeyNeeded(mesh.id(), ben.memberId(), 1));
    assertThat(team.as(mesh.owner(), new MemberRequest.ListBans()).bans()).isEmpty();
    Refusal.expect(
        ProblemCode.NOT_FOUND, () -> team.as(mesh.owner(), new MemberRequest.Unban(ben.pubkey())));
  }

  @Test
  void who_loses_the_admin_role_loses_what_was_set_with_it() {
    Mesh mesh = team.mesh("Demoted");
    Person ada = team.join(mesh, "Ada", "admin");
    team.as(
        mesh.owner(),
        new MemberRequest.SetPermissions(ada.memberId(), Map.of("canDeleteMesh", true)));
    team.as(mesh.owner(), role(ada, "member"));
    assertThat(team.member(ada).permissions()).isEqualTo(Permissions.MEMBER);
    team.as(
        mesh.owner(), new MemberRequest.SetPermissions(ada.memberId(), Map.of("canInvite", true)));
    team.as(mesh.owner(), role(ada, "member"));
    assertThat(team.member(ada).permissions().canInvite()).as("nothing changed").isTrue();
  }

  @Test
  void an_admin_whom_the_owner_removed_comes_back_as_one_only_by_the_owner() {
    Mesh mesh = team.mesh("Restored");
    Person ada = team.join(mesh, "Ada", "admin");
    Person ava = team.join(mesh, "Ava", "admin");
    team.as(
        mesh.owner(),
        new MemberRequest.SetPermissions(ada.memberId(), Map.of("canDeleteMesh", true)));
    team.as(mesh.owner(), new MemberRequest.Ban(ada.memberId()));
    team.as(ava, new MemberRequest.Unban("Ada"));
    assertThat(team.member(ada).permissions()).isEqualTo(Permissions.MEMBER);
    team.as(mesh.owner(), new MemberRequest.Ban(ava.memberId()));
    team.as(mesh.owner(), new MemberRequest.Unban("Ava"));
    assertThat(team.member(ava).admin()).isTrue();
  }

  @Test
  void admins_do_not_ban_each_other() {
    Mesh mesh = team.mesh("Admins");
    Person ada = team.join(mesh, "Ada", "admin");
    Person ava = team.join(mesh, "Ava", "admin");
    Refusal.expect(ProblemCode.FORBIDDEN, () -> team.as(ada, new MemberRequest.Ban("Ava")));
    assertThat(team.as(mesh.owner(), new MemberRequest.Ban(ava.memberId())).banned())
        .isEqualTo("Ava");
  }

  @Test
  void a_name_that_two_members_have_is_refused_with_both() {
    Mesh mesh = team.mesh("Twins");
    team.join(mesh, "Sam");
    team.join(mesh, "sam");
    Problem problem =
        Refusal.expect(
            ProblemCode.AMBIGUOUS_PREFIX,
            () -> team.as(mesh.owner(), new MemberRequest.Ban("SAM")));
    assertThat(problem.details().orElseThrow().get("matches")).hasSize(2);
  }

  @Test
  void who_left_is_not_among_the_banned() {
    Mesh mesh = team.mesh("Leave");
    Person ben = team.join(mesh, "Ben");
    team.as(ben, new MemberRequest.Leave());
    assertThat(team.happened())
        .contains(new Happening.MemberRemoved(mesh.id(), ben.memberId(), false));
    assertThat(team.as(mesh.owner(), new MemberRequest.ListBans()).bans()).isEmpty();
    assertThat(team.as(mesh.owner(), new MemberRequest.ListMembers()).members()).hasSize(1);
  }

  private static MemberRequest.Update role(Person person, String role) {
    return new MemberRequest.Update(
        person.memberId(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(role));
  }

  private static MemberRequest.Update rename(Person person, String name) {
    return new MemberRequest.Update(
        person.memberId(),
        Optional.of(name),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
