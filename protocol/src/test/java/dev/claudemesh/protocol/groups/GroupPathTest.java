package dev.claudemesh.protocol.groups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.claudemesh.protocol.connection.GroupRole;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GroupPathTest {
  @Test
  void a_group_is_read_with_or_without_the_at() {
    assertThat(GroupPath.parse("@backend/api")).contains(new GroupPath("backend/api"));
    assertThat(GroupPath.parse("backend/api")).contains(new GroupPath("backend/api"));
    assertThat(new GroupPath("backend/api")).hasToString("@backend/api");
  }

  @Test
  void names_that_cannot_be_addressed_are_no_groups() {
    Stream.of(
            "",
            "@",
            "@@a",
            "/a",
            "a/",
            "a//b",
            "a b",
            "*",
            "all",
            "@all",
            "-a",
            "a/.b",
            "a\nb",
            "a,b",
            "a:b",
            "#a",
            "x".repeat(101))
        .forEach(name -> assertThat(GroupPath.parse(name)).as(name).isEmpty());
    assertThatIllegalArgumentException().isThrownBy(() -> new GroupPath("a b"));
  }

  @Test
  void names_in_any_script_are_groups() {
    Stream.of("a", "Übersetzer", "后端/接口", "team-1/v2.0_x", "ALL", "all/of-us", "x".repeat(100))
        .forEach(name -> assertThat(GroupPath.parse(name)).as(name).isPresent());
  }

  @Test
  void a_group_reaches_the_groups_inside_it_but_not_those_around_or_beside_it() {
    assertThat(GroupPath.reaches("@a", in("a/b"))).isTrue();
    assertThat(GroupPath.reaches("@a", in("a"))).isTrue();
    assertThat(GroupPath.reaches("@a/b", in("a"))).isFalse();
    assertThat(GroupPath.reaches("@a", in("ab"))).isFalse();
    assertThat(GroupPath.reaches("@a/b", in("x", "a/b/c"))).isTrue();
    assertThat(GroupPath.reaches("@a", in())).isFalse();
    assertThat(GroupPath.reaches("@A", in("a"))).isFalse();
  }

  @Test
  void everyone_reaches_those_without_a_group_too() {
    assertThat(GroupPath.reaches("*", in())).isTrue();
    assertThat(GroupPath.reaches("@all", in("a"))).isTrue();
    assertThat(GroupPath.isEveryone("@all")).isTrue();
    assertThat(GroupPath.isEveryone("@a")).isFalse();
    assertThat(GroupPath.isGroup("@all")).isFalse();
    assertThat(GroupPath.isGroup("a")).isFalse();
    assertThat(GroupPath.isGroup("@a/b")).isTrue();
  }

  @Test
  void a_path_names_the_groups_around_it() {
    assertThat(new GroupPath("a/b/c").selfAndAncestors())
        .map(GroupPath::path)
        .containsExactly("a/b/c", "a/b", "a");
    assertThat(new GroupPath("all/b").selfAndAncestors())
        .map(GroupPath::path)
        .containsExactly("all/b");
  }

  private static List<GroupRole> in(String... names) {
    return Stream.of(names).map(name -> new GroupRole(name, Optional.empty())).toList();
  }
}
