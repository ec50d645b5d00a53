package dev.claudemesh.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.faults.Cast.Recipient.AnyOf;
import dev.claudemesh.bench.faults.Cast.Recipient.Session;
import dev.claudemesh.protocol.Wire;
import java.util.List;
import org.junit.jupiter.api.Test;

class CastTest {
  private static final Cast CAST =
      new Cast(
          "mesh",
          List.of(
              new Cast.Peer("ana-0", "ana", "a0", "aa", 0, List.of("red")),
              new Cast.Peer("ana-1", "ana", "a1", "aa", 1, List.of("red/deep", "blue")),
              new Cast.Peer("bob-0", "bob", "b0", "bb", 0, List.of("redder")),
              new Cast.Peer("cem-1", "cem", "c1", "cc", 1, List.of())));

  @Test
  void a_message_to_a_session_is_due_to_that_one() {
    assertThat(CAST.due("bob-0", "a1")).containsExactly(new Session("ana-1"));
  }

  @Test
  void a_message_to_a_member_is_due_to_any_one_of_its_sessions() {
    assertThat(CAST.due("bob-0", "aa")).containsExactly(new AnyOf("ana"));
  }

  @Test
  void a_message_to_a_group_is_due_to_the_groups_below_it_too_but_not_to_its_sender() {
    assertThat(CAST.due("bob-0", "@red"))
        .containsExactlyInAnyOrder(new Session("ana-0"), new Session("ana-1"));
    assertThat(CAST.due("ana-0", "@red")).containsExactly(new Session("ana-1"));
    assertThat(CAST.due("bob-0", "@red/deep")).containsExactly(new Session("ana-1"));
  }

  @Test
  void a_message_to_everyone_is_due_to_all_sessions_but_its_senders() {
    assertThat(CAST.due("ana-0", "*"))
        .containsExactlyInAnyOrder(
            new Session("ana-1"), new Session("bob-0"), new Session("cem-1"));
  }

  @Test
  void client_processes_read_the_cast_as_the_runner_wrote_it() {
    assertThat(Wire.mapper().readValue(Wire.mapper().writeValueAsString(CAST), Cast.class))
        .isEqualTo(CAST);
  }
}
