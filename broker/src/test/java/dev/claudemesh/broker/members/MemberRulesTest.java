package dev.claudemesh.broker.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.broker.members.MemberRules.Named;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.ConnectionReply.SelfEditable;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.members.MemberRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemberRulesTest {
  private static final Member OWNER = member("owner", true, true, Permissions.OWNER);
  private static final Member ADMIN = member("admin", true, false, Permissions.ADMIN);
  private static final Member OTHER_ADMIN = member("admin2", true, false, Permissions.ADMIN);
  private static final Member MEMBER = member("member", false, false, Permissions.MEMBER);
  private static final SelfEditable NONE = new SelfEditable(false, false, false, false);

  @Test
  void a_member_is_found_by_id_by_key_and_by_name_whatever_its_case() {
    List<Named> all =
        List.of(new Named("1", "a".repeat(64), "Anna"), new Named("2", "b".repeat(64), "Ben"));
    assertThat(MemberRules.named("2", all)).extracting(Named::memberId).containsExactly("2");
    assertThat(MemberRules.named("a".repeat(64), all))
        .extracting(Named::memberId)
        .containsExactly("1");
    assertThat(MemberRules.named(" anna ", all)).extracting(Named::memberId).containsExactly("1");
  }

  @Test
  void a_name_that_fits_several_members_is_refused_and_lists_them() {
    List<Named> all =
        List.of(new Named("1", "a".repeat(64), "Anna"), new Named("2", "b".repeat(64), "anna"));
    assertThatThrownBy(() -> MemberRules.named("Anna", all))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.AMBIGUOUS_PREFIX);
              assertThat(problem.details().orElseThrow().get("matches")).hasSize(2);
            });
  }

  @Test
  void several_sessions_of_one_member_with_one_name_are_no_ambiguity() {
    List<Named> all =
        List.of(new Named("1", "a".repeat(64), "Anna"), new Named("1", "c".repeat(64), "Anna"));
    assertThat(MemberRules.named("Anna", all)).hasSize(2);
  }

  @Test
  void nobody_of_that_name_is_not_found() {
    Refusal.expect(ProblemCode.NOT_FOUND, () -> MemberRules.named("Zoe", List.of()));
  }

  @Test
  void the_owner_cannot_be_removed_by_anyone() {
    Refusal.expect(ProblemCode.FORBIDDEN, () -> MemberRules.checkModeration(ADMIN, OWNER));
  }

  @Test
  void admins_cannot_remove_each_other_but_the_owner_can_remove_them() {
    Refusal.expect(ProblemCode.FORBIDDEN, () -> MemberRules.checkModeration(ADMIN, OTHER_ADMIN));
    assertThatCode(() -> MemberRules.checkModeration(OWNER, ADMIN)).doesNotThrowAnyException();
    assertThatCode(() -> MemberRules.checkModeration(ADMIN, MEMBER)).doesNotThrowAnyException();
  }

  @Test
  void nobody_removes_themselves() {
    Refusal.expect(ProblemCode.INVALID, () -> MemberRules.checkModeration(ADMIN, ADMIN));
  }

  @Test
  void exactly_one_way_to_say_whom_must_be_chosen() {
    Refusal.expect(
        ProblemCode.INVALID,
        () -> MemberRules.checkSelection(Optional.empty(), Optional.empty(), Optional.empty()));
    Refusal.expect(
        ProblemCode.INVALID,
        () -> MemberRules.checkSelection(Optional.of("a"), Optional.of(5L), Optional.empty()));
    Refusal.expect(
        ProblemCode.INVALID,
        () -> MemberRules.checkSelection(Optional.empty(), Optional.of(0L), Optional.empty()));
    assertThatCode(
            () -> MemberRules.checkSelection(Optional.empty(), Optional.empty(), Optional.of(true)))
        .doesNotThrowAnyException();
    assertThatCode(() ->
            MemberRules.checkSelection(Optional.of("a"), Optional.empty(), Optional.of(false)))
        .doesNotThrowAnyException();
  }

  @Test
  void members_change_of_themselves_what_the_mesh_lets_them() {
    assertThatCode(() -> MemberRules.checkUpdate(rename(MEMBER), MEMBER, MEMBER, SelfEditable.ALL))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> MemberRules.checkUpdate(rename(MEMBER), MEMBER, MEMBER, NONE))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("admin-managed fields: displayName");
    assertThatCode(() -> MemberRules.checkUpdate(rename(MEMBER), ADMIN, MEMBER, NONE))
        .doesNotThrowAnyException();
    assertThatCode(() -> MemberRules.checkUpdate(rename(ADMIN), ADMIN, ADMIN, NONE))
        .doesNotThrowAnyException();
  }

  @Test
  void members_do_not_change_others() {
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MemberRules.checkUpdate(rename(ADMIN), MEMBER, ADMIN, SelfEditable.ALL));
  }

  @Test
  void nobody_makes_themselves_an_admin() {
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MemberRules.checkUpdate(role(MEMBER, "admin"), MEMBER, MEMBER, SelfEditable.ALL));
  }

  @Test
  void only_who_manages_permissions_makes_an_admin() {
    Member limited =
        member(
            "limited",
            true,
            false,
            MemberRules.merged(Permissions.ADMIN, Map.of("canManagePermissions", false)));
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MemberRules.checkUpdate(role(MEMBER, "admin"), limited, MEMBER, SelfEditable.ALL));
    assertThatCode(
            () -> MemberRules.checkUpdate(role(MEMBER, "admin"), ADMIN, MEMBER, SelfEditable.ALL))
        .doesNotThrowAnyException();
  }

  @Test
  void an_admin_loses_the_role_only_by_the_owner_or_by_themselves() {
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () ->
            MemberRules.checkUpdate(
                role(OTHER_ADMIN, "member"), ADMIN, OTHER_ADMIN, SelfEditable.ALL));
    assertThatCode(
            () -> MemberRules.checkUpdate(role(ADMIN, "member"), OWNER, ADMIN, SelfEditable.ALL))
        .doesNotThrowAnyException();
    assertThatCode(
            () -> MemberRules.checkUpdate(role(ADMIN, "member"), ADMIN, ADMIN, SelfEditable.ALL))
        .doesNotThrowAnyException();
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MemberRules.checkUpdate(role(OWNER, "member"), OWNER, OWNER, SelfEditable.ALL));
  }

  @Test
  void an_update_without_fields_or_with_a_bad_mode_is_refused() {
    Refusal.expect(
        ProblemCode.INVALID_REQUEST,
        () -> MemberRules.checkUpdate(update(MEMBER, null, null, null), ADMIN, MEMBER, NONE));
    Refusal.expect(
        ProblemCode.INVALID_REQUEST,
        () -> MemberRules.checkUpdate(update(MEMBER, null, "loud", null), ADMIN, MEMBER, NONE));
    Refusal.expect(
        ProblemCode.INVALID_REQUEST,
        () -> MemberRules.checkUpdate(update(MEMBER, " ", null, null), ADMIN, MEMBER, NONE));
    Refusal.expect(
        ProblemCode.INVALID_REQUEST,
        () -> MemberRules.checkUpdate(update(MEMBER, null, null, "king"), OWNER, MEMBER, NONE));
  }

  @Test
  void nobody_can_lock_the_owner_out() {
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MemberRules.checkPermissions(Map.of("canSend", false), ADMIN, OWNER));
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MemberRules.checkPermissions(Map.of("canSend", false), OWNER, OWNER));
  }

  @Test
  void a_permission_is_given_only_by_who_has_it() {
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MemberRules.checkPermissions(Map.of("canDeleteMesh", true), ADMIN, MEMBER));
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MemberRules.checkPermissions(Map.of("canDeleteMesh", true), ADMIN, ADMIN));
    assertThatCode(() -> MemberRules.checkPermissions(Map.of("canDeleteMesh", true), OWNER, MEMBER))
        .doesNotThrowAnyException();
    assertThatCode(
            () -> MemberRules.checkPermissions(Map.of("canDeleteMesh", false), ADMIN, MEMBER))
        .doesNotThrowAnyException();
  }

  @Test
  void admins_do_not_change_what_another_admin_may() {
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> MemberRules.checkPermissions(Map.of("canSend", false), ADMIN, OTHER_ADMIN));
  }

  @Test
  void an_unknown_permission_is_named() {
    assertThatThrownBy(() -> MemberRules.checkPermissions(Map.of("canFly", true), OWNER, MEMBER))
        .hasMessageContaining("canFly");
    Refusal.expect(
        ProblemCode.INVALID_REQUEST, () -> MemberRules.checkPermissions(Map.of(), OWNER, MEMBER));
  }

  @Test
  void permissions_that_are_not_named_stay() {
    Permissions merged =
        MemberRules.merged(Permissions.MEMBER, Map.of("canInvite", true, "canSend", false));
    assertThat(merged.canInvite()).isTrue();
    assertThat(merged.canSend()).isFalse();
    assertThat(merged.canWriteState()).isTrue();
  }

  @Test
  void grants_name_members_and_capabilities_that_exist() {
    String key = "a".repeat(64);
    Refusal.expect(
        ProblemCode.NOT_FOUND,
        () -> MemberRules.checkGrants(Map.of("b".repeat(64), Optional.of(List.of())), Set.of(key)));
    Refusal.expect(
        ProblemCode.INVALID_REQUEST,
        () -> MemberRules.checkGrants(Map.of(key, Optional.of(List.of("sudo"))), Set.of(key)));
    assertThatCode(() ->
            MemberRules.checkGrants(Map.of(key, Optional.of(List.of("dm", "read"))), Set.of(key)))
        .doesNotThrowAnyException();
    assertThatCode(() -> MemberRules.checkGrants(Map.of("gone", Optional.empty()), Set.of(key)))
        .doesNotThrowAnyException();
  }

  @Test
  void null_takes_a_grant_away_and_an_empty_list_blocks() {
    Map<String, List<String>> before = Map.of("a", List.of("dm"), "b", List.of("dm"));
    assertThat(
            MemberRules.merged(before, Map.of("a", Optional.empty(), "c", Optional.of(List.of()))))
        .isEqualTo(Map.of("b", List.of("dm"), "c", List.of()));
  }

  private static MemberRequest.Update rename(Member member) {
    return update(member, "Somebody", null, null);
  }

  private static MemberRequest.Update role(Member member, String role) {
    return update(member, null, null, role);
  }

  private static MemberRequest.Update update(Member member, String name, String mode, String role) {
    return new MemberRequest.Update(
        member.id(),
        Optional.ofNullable(name),
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(mode),
        Optional.ofNullable(role));
  }

  private static Member member(String id, boolean admin, boolean owner, Permissions permissions) {
    return new Member(
        id, "mesh", "slug", new PublicKey("a".repeat(64)), id, admin, owner, permissions);
  }
}
