package dev.claudemesh.broker.net;

import static dev.claudemesh.broker.TestSocket.BINARY;
import static dev.claudemesh.broker.TestSocket.CLOSE;
import static dev.claudemesh.broker.TestSocket.CONTINUATION;
import static dev.claudemesh.broker.TestSocket.PING;
import static dev.claudemesh.broker.TestSocket.TEXT;
import static dev.claudemesh.broker.TestSocket.encode;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final int CAP = 1_000;

  private final AtomicInteger cap = new AtomicInteger(CAP);
  private final EmbeddedChannel channel = new EmbeddedChannel(new FrameReader(cap::get));

  private List<Inbound> read(byte[]... pieces) {
    for (byte[] piece : pieces) {
      channel.writeInbound(Unpooled.wrappedBuffer(piece));
    }
    List<Inbound> found = new ArrayList<>();
    for (Inbound next = channel.readInbound(); next != null; next = channel.readInbound()) {
      found.add(next);
    }
    return found;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  private static String message(Inbound inbound) {
    return new String(((Inbound.Message) inbound).bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void frames_may_be_cut_anywhere() {
    String long126 = "ä".repeat(200);
    byte[] stream =
        joined(
            encode(true, TEXT, text("one")),
            encode(false, TEXT, text("tw")),
            encode(true, PING, text("p")),
            encode(false, CONTINUATION, text("")),
            encode(true, CONTINUATION, text("o")),
            encode(true, BINARY, text(long126)));
    for (int cut = 1; cut < stream.length; cut++) {
      EmbeddedChannel fresh = new EmbeddedChannel(new FrameReader(cap::get));
      fresh.writeInbound(Unpooled.wrappedBuffer(stream, 0, cut));
      fresh.writeInbound(Unpooled.wrappedBuffer(stream, cut, stream.length - cut));
      assertThat(message(fresh.readInbound())).isEqualTo("one");
      assertThat(fresh.<Inbound>readInbound()).isInstanceOf(Inbound.Ping.class);
      assertThat(message(fresh.readInbound())).isEqualTo("two");
      assertThat(message(fresh.readInbound())).isEqualTo(long126);
      assertThat(fresh.<Inbound>readInbound()).isNull();
    }
  }

  @Test
  void bytes_may_come_one_by_one() {
    byte[] stream =
        joined(encode(true, TEXT, text("a")), encode(true, TEXT, text("b".repeat(300))));
    byte[][] bytes = new byte[stream.length][];
    for (int i = 0; i < stream.length; i++) {
      bytes[i] = new byte[] {stream[i]};
    }
    assertThat(read(bytes))
        .extracting(FrameReaderTest::message)
        .containsExactly("a", "b".repeat(300));
  }

  @Test
  void a_frame_above_the_cap_is_refused_by_its_header_alone() {
    byte[] frame = encode(true, TEXT, new byte[CAP + 1]);
    assertThat(read(Arrays.copyOf(frame, 4))).containsExactly(new Inbound.Violation(1009, ""));
    assertThat(read(frame)).as("nothing more is read").isEmpty();
  }

  @Test
  void a_frame_of_exactly_the_cap_is_read() {
    assertThat(read(encode(true, TEXT, "x".repeat(CAP).getBytes(StandardCharsets.UTF_8))))
        .hasSize(1);
  }

  @Test
  void fragments_together_stay_under_the_cap() {
    assertThat(
            read(encode(false, TEXT, new byte[CAP - 1]), encode(true, CONTINUATION, new byte[2])))
        .containsExactly(new Inbound.Violation(1009, ""));
  }

  @Test
  void the_cap_may_rise_while_the_connection_is_open() {
    cap.set(2 * CAP);
    assertThat(read(encode(true, BINARY, new byte[CAP + 1]))).hasSize(1);
  }

  @Test
  void a_length_of_sixty_four_bits_cannot_be_negative_or_huge() {
    byte[] negative = {(byte) 0x81, (byte) 0xff, (byte) 0x80, 0, 0, 0, 0, 0, 0, 1};
    byte[] huge = {(byte) 0x81, (byte) 0xff, 0x7f, -1, -1, -1, -1, -1, -1, -1};
    assertThat(read(negative)).hasOnlyElementsOfType(Inbound.Violation.class);
    assertThat(
            new EmbeddedChannel(new FrameReader(cap::get))
                .writeInbound(Unpooled.wrappedBuffer(huge)))
        .isTrue();
  }

  @Test
  void a_text_that_is_not_utf_8_ends_the_connection_with_1007() {
    assertThat(read(encode(true, TEXT, new byte[] {'{', (byte) 0xc3, '}'})))
        .containsExactly(new Inbound.Violation(1007, "not UTF-8"));
  }

  @Test
  void a_character_cut_by_fragments_is_whole_again() {
    byte[] umlaut = text("ü");
    assertThat(
            read(
                encode(false, TEXT, new byte[] {umlaut[0]}),
                encode(true, CONTINUATION, new byte[] {umlaut[1]})))
        .extracting(FrameReaderTest::message)
        .containsExactly("ü");
  }

  @Test
  void whoever_breaks_the_protocol_is_told_1002() {
    byte[] unmasked = {(byte) 0x81, 1, 'x'};
    byte[] reserved = encode(true, TEXT, text("x"));
    reserved[0] |= 0x40;
    for (byte[] broken :
        List.of(
            unmasked,
            reserved,
            encode(true, 0x3, text("x")),
            encode(true, CONTINUATION, text("x")),
            joined(encode(false, TEXT, text("x")), encode(true, TEXT, text("y"))),
            encode(false, PING, text("x")),
            encode(true, PING, new byte[126]),
            encode(true, CLOSE, new byte[] {3}),
            encode(true, CLOSE, new byte[] {0, 1}))) {
      EmbeddedChannel fresh = new EmbeddedChannel(new FrameReader(cap::get));
      fresh.writeInbound(Unpooled.wrappedBuffer(broken));
      assertThat(fresh.<Inbound>readInbound())
          .isInstanceOfSatisfying(
              Inbound.Violation.class, violation -> assertThat(violation.code()).isEqualTo(1002));
    }
  }

  @Test
  void a_close_frame_gives_its_code() {
    assertThat(read(encode(true, CLOSE, new byte[] {0x03, (byte) 0xe8, 'b', 'y', 'e'})))
        .containsExactly(new Inbound.Close(1000));
    assertThat(read(encode(true, CLOSE, new byte[0]))).containsExactly(new Inbound.Close(1005));
  }
}
