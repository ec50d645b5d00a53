package dev.claudemesh.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.bench.load.Body.Stamp;
import dev.claudemesh.bench.load.Workload.Kind;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class BodyTest {
  private static final long RUN = 0x1234_5678_9abcL;

  @Test
  void what_is_stamped_on_a_body_is_read_from_it() {
    Body body = new Body(RUN);
    byte[] bytes = body.blank(1_100, 99);
    body.stamp(bytes, 0, 123_456, 987_654_321_012L);

    assertThat(body.read(bytes, 0, bytes.length))
        .contains(new Stamp(99, 123_456, 987_654_321_012L));
  }

  @Test
  void a_body_is_base64_of_the_asked_length() {
    byte[] bytes = new Body(RUN).blank(1_100, 7);

    assertThat(bytes).hasSize(1_100);
    assertThat(Base64.getDecoder().decode(bytes)).hasSize(825);
  }

  @Test
  void a_body_of_another_run_is_none_of_ours() {
    byte[] other = new Body(RUN + 1).blank(100, 7);

    assertThat(new Body(RUN).read(other, 0, other.length)).isEmpty();
  }

  @Test
  void what_is_too_short_is_none_of_ours() {
    byte[] bytes = new Body(RUN).blank(100, 7);

    assertThat(new Body(RUN).read(bytes, 0, Body.HEADER - 1)).isEmpty();
  }

  @Test
  void a_length_that_base64_cannot_have_is_refused() {
    assertThatThrownBy(() -> new Workload(Kind.DIRECT, 2, 1, 1, 0, 1_102, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("multiple of 4");
  }
}
