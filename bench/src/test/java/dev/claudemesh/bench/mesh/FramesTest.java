package dev.claudemesh.bench.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.load.Body;
import dev.claudemesh.bench.load.Workload;
import dev.claudemesh.bench.load.Workload.Kind;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// The frames that are written by hand say what the protocol's own records say.
class FramesTest {
  private static final byte[] ADDRESS = "ab".repeat(32).getBytes(StandardCharsets.US_ASCII);

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Send sent(Kind kind, Body body, int epoch) {
    Workload work = new Workload(kind, 5, 5, 100, 0, 1_100, 8);
    ByteBuf out = Unpooled.buffer();
    new SendFrame(work, body, "run", 3, epoch)
        .write(out, kind == Kind.DIRECT ? ADDRESS : new byte[0], 42, 7_000);
    byte[] bytes = ByteBufUtil.getBytes(out);
    // 2 bytes, 2 of length, 4 of a mask of zeros
    assertThat(Arrays.copyOfRange(bytes, 4, 8)).containsOnly(0);
    assertThat(Frames.payloadLength(bytes, 0)).isEqualTo(bytes.length - 8);
    byte[] payload = Arrays.copyOfRange(bytes, 8, bytes.length);
    return (Send) Wire.request(Wire.parse(payload)).request();
  }

  @Test
  void a_direct_message_is_a_send_that_the_broker_accepts() {
    Body body = new Body(5);
    Send send = sent(Kind.DIRECT, body, 1);

    assertThat(send.targetSpec()).isEqualTo("ab".repeat(32));
    assertThat(send.enc()).contains(Encryption.BOX);
    assertThat(send.id()).contains("00000042");
    assertThat(send.clientMessageId()).contains("run-3-00000042");
    assertThat(body.read(ascii(send.ciphertext()), 0, 1_100))
        .contains(new Body.Stamp(3, 42, 7_000));
  }

  @Test
  void a_group_message_names_the_epoch_of_its_key() {
    Send send = sent(Kind.GROUP, new Body(5), 4);

    assertThat(send.targetSpec()).isEqualTo("@bench");
    assertThat(send.enc()).contains(Encryption.GROUP);
    assertThat(send.epoch()).contains(4);
  }

  @Test
  void a_broadcast_is_for_everyone() {
    assertThat(sent(Kind.BROADCAST, new Body(5), 1).targetSpec()).isEqualTo("*");
  }

  @Test
  void a_field_is_found_where_it_is_a_name_and_not_where_it_is_text() {
    byte[] json = ascii("{\"type\":\"push\",\"x\":\"\\\"id\\\":\\\"no\",\"id\":\"yes\"}");
    int at = Frames.find(json, 0, json.length, Frames.text("id"));

    assertThat(Frames.string(json, at, Frames.end(json, at, json.length))).isEqualTo("yes");
    assertThat(Frames.find(json, 0, json.length, Frames.text("code"))).isEqualTo(-1);
  }

  @Test
  void lengths_of_every_form_of_a_server_frame_are_read() {
    byte[] tiny = {(byte) 0x81, 5};
    byte[] middle = {(byte) 0x81, 126, 1, 2};
    byte[] large = {(byte) 0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0};

    assertThat(Frames.headerLength(tiny, 0, 2)).isEqualTo(2);
    assertThat(Frames.payloadLength(tiny, 0)).isEqualTo(5);
    assertThat(Frames.headerLength(middle, 0, 4)).isEqualTo(4);
    assertThat(Frames.payloadLength(middle, 0)).isEqualTo(258);
    assertThat(Frames.headerLength(large, 0, 10)).isEqualTo(10);
    assertThat(Frames.payloadLength(large, 0)).isEqualTo(65_536);
    assertThat(Frames.headerLength(large, 0, 9)).isZero();
  }

  @Test
  void only_numbers_of_our_own_form_are_read_from_an_id() {
    assertThat(SendFrame.seq(ascii("00000042"), 0, 8)).isEqualTo(42);
    assertThat(SendFrame.seq(ascii("0000004x"), 0, 8)).isEqualTo(-1);
    assertThat(SendFrame.seq(ascii("fence"), 0, 5)).isEqualTo(-1);
  }
}
