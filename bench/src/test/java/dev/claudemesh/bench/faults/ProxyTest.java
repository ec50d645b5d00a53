package dev.claudemesh.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.bench.faults.Proxy.Direction;
import dev.claudemesh.bench.faults.Proxy.Weather;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProxyTest {
  private static final int LONG_ENOUGH_MILLIS = 10_000;
  private static final int SILENCE_MILLIS = 200;

  private ServerSocket listening;
  private Proxy proxy;
  private Socket client;
  private Socket server;

  @BeforeEach
  void connect() throws IOException {
    listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    proxy = Proxy.to(listening::getLocalPort);
    client = open();
    server = listening.accept();
    server.setSoTimeout(LONG_ENOUGH_MILLIS);
    assertThat(carried(client, server, 1)).isEqualTo(1);
  }

  private Socket open() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(LONG_ENOUGH_MILLIS);
    return socket;
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    client.close();
    server.close();
    listening.close();
  }

  private static int carried(Socket from, Socket to, int what) throws IOException {
    from.getOutputStream().write(what);
    return to.getInputStream().read();
  }

  @Test
  void bytes_go_both_ways() throws IOException {
    assertThat(carried(server, client, 2)).isEqualTo(2);
  }

  @Test
  void a_cut_connection_is_reset_at_both_ends() {
    proxy.cut();
    assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(IOException.class);
  }

  @Test
  void a_half_open_connection_swallows_one_direction_and_says_nothing() throws IOException {
    proxy.swallow(Set.of(Direction.TO_SERVER));
    client.getOutputStream().write(3);
    assertThat(carried(server, client, 4)).isEqualTo(4);
    server.setSoTimeout(SILENCE_MILLIS);
    assertThatThrownBy(() -> server.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void
      a_direction_that_swallowed_once_never_carries_again_so_that_no_piece_is_missing_in_its_middle()
          throws IOException {
    proxy.swallow(Set.of(Direction.TO_SERVER));
    client.getOutputStream().write(3);
    proxy.swallow(Set.of(Direction.TO_CLIENT));
    client.getOutputStream().write(4);
    server.setSoTimeout(SILENCE_MILLIS);
    assertThatThrownBy(() -> server.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void when_one_end_of_a_half_open_connection_leaves_the_other_does_not_hear_of_it()
      throws IOException {
    proxy.swallow(Set.of(Direction.TO_SERVER, Direction.TO_CLIENT));
    client.close();
    server.setSoTimeout(SILENCE_MILLIS);
    assertThatThrownBy(() -> server.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void a_connection_made_after_the_others_became_half_open_works() throws IOException {
    proxy.swallow(Set.of(Direction.TO_SERVER, Direction.TO_CLIENT));
    try (Socket second = open();
        Socket accepted = listening.accept()) {
      accepted.setSoTimeout(LONG_ENOUGH_MILLIS);
      assertThat(carried(second, accepted, 5)).isEqualTo(5);
    }
  }

  @Test
  void what_is_stalled_comes_later_and_whole() throws IOException {
    proxy.weather(new Weather(Set.of(Direction.TO_SERVER), Duration.ZERO));
    client.getOutputStream().write(new byte[] {6, 7});
    server.setSoTimeout(SILENCE_MILLIS);
    assertThatThrownBy(() -> server.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
    server.setSoTimeout(LONG_ENOUGH_MILLIS);
    proxy.weather(Weather.FAIR);
    assertThat(server.getInputStream().readNBytes(2)).containsExactly(6, 7);
  }
}
