package dev.claudemesh.broker.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.connection.GroupRole;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GroupRulesTest {
  private static final List<GroupRole> NONE = List.of();
  private static final GroupRole API = new GroupRole("backend/api", Optional.empty());

  @Test
  void joining_adds_the_group_at_the_end_with_or_without_the_at() {
    List<GroupRole> joined = GroupRules.join(List.of(API), "@qa", Optional.of(" lead "), 50);
    assertThat(joined).containsExactly(API, new GroupRole("qa", Optional.of("lead")));
  }

  @Test
  void joining_again_changes_the_role_in_place() {
    List<GroupRole> joined =
        GroupRules.join(
            List.of(API, new GroupRole("qa", Optional.empty())),
            "backend/api",
            Optional.of("lead"),
            2);
    assertThat(joined).map(GroupRole::role).containsExactly(Optional.of("lead"), Optional.empty());
    assertThat(GroupRules.join(joined, "backend/api", Optional.empty(), 2))
        .map(GroupRole::role)
        .containsOnly(Optional.empty());
  }

  @Test
  void leaving_leaves_that_group_only() {
    List<GroupRole> groups = List.of(API, new GroupRole("backend", Optional.empty()));
    assertThat(GroupRules.leave(groups, "@backend")).containsExactly(API);
    assertThat(GroupRules.leave(groups, "never-joined")).isEqualTo(groups);
  }

  @Test
  void a_peer_may_be_in_so_many_groups_and_no_more() {
    assertThatThrownBy(() -> GroupRules.join(List.of(API), "qa", Optional.empty(), 1))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code().wireName()).isEqualTo("limit"));
  }

  @Test
  void a_name_that_cannot_be_addressed_is_refused_with_the_form_it_needs() {
    for (String name : List.of("all", "@", "a b", "*")) {
      assertThatThrownBy(() -> GroupRules.join(NONE, name, Optional.empty(), 50))
          .isInstanceOf(Problem.class)
          .hasMessageContaining("backend/api");
      assertThatThrownBy(() -> GroupRules.leave(NONE, name)).isInstanceOf(Problem.class);
    }
  }
}
