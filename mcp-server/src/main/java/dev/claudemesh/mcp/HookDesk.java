package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.PrivateFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Where this session's hooks report: a port on loopback, one line of JSON in, one out. Its number
/// and a token stand in files that only the user can read, so that no other user of the machine can
/// speak for the session: one is named by its conversation, one by the process of Claude Code,
/// which stays when `/clear` and `/resume` change the conversation.
///
/// At most 16 hooks at a time, 512 KiB a line, 2 s to say it; what exceeds it is closed without an
/// answer, which a hook takes as silence.
final class HookDesk implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HookDesk.class);
  private static final int MAX_AT_ONCE = 16;
  private static final int MAX_LINE = 512 << 10;
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int TOKEN_BYTES = 32;

  private final ServerSocket server;
  private final Path folder;
  private final String contents;
  private final Set<Path> files = ConcurrentHashMap.newKeySet();
  private final byte[] token;
  private final Answer answer;
  private final Semaphore places = new Semaphore(MAX_AT_ONCE);

  /// Answers one hook.
  @FunctionalInterface
  interface Answer {
    /// @param input what Claude Code gave the hook
    /// @param gone done when the hook does not wait any more; never for those that are answered at
    ///   once
    /// @return what the hook prints
    ObjectNode to(HookEvent event, JsonNode input, CompletableFuture<Void> gone);
  }

  private HookDesk(ServerSocket server, Path folder, String token, Answer answer) {
    this.server = server;
    this.folder = folder;
    this.token = token.getBytes(StandardCharsets.UTF_8);
    this.contents =
        Wire.mapper()
            .createObjectNode()
            .put("port", server.getLocalPort())
            .put("token", token)
            .put("pid", ProcessHandle.current().pid())
            .toString();
    this.answer = answer;
  }

  /// Where the file of that name is, within a config folder.
  static Path file(Path configFolder, String name) {
    return configFolder.resolve("run").resolve(name + ".json");
  }

  /// The name of the file by which the hooks of a Claude Code process find it.
  static String named(long claude) {
    return "pid-" + claude;
  }

  /// Opens the port, writes the file and answers on threads of its own.
  static HookDesk open(Path configFolder, String sessionId, Answer answer) throws IOException {
    byte[] secret = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(secret);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    ServerSocket server = new ServerSocket();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), MAX_AT_ONCE);
    HookDesk desk = new HookDesk(server, configFolder, token, answer);
    desk.alsoFor(sessionId);
    Thread.ofVirtual().name("hook-desk").start(desk::serve);
    return desk;
  }

  /// Lets hooks find it by a further name.
  void alsoFor(String name) throws IOException {
    Path file = file(folder, name);
    if (files.add(file)) {
      PrivateFiles.write(file, contents + "\n");
    }
  }

  private void serve() {
    while (!server.isClosed()) {
      try {
        Socket hook = server.accept();
        if (!places.tryAcquire()) {
          hook.close();
          continue;
        }
        Thread.ofVirtual().name("hook").start(() -> attend(hook));
      } catch (IOException e) {
        if (!server.isClosed()) {
          log.warn("a hook could not be accepted: {}", e.toString());
        }
      }
    }
  }

  private void attend(Socket hook) {
    try (hook) {
      hook.setSoTimeout(TIMEOUT_MILLIS);
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(hook.getInputStream(), StandardCharsets.UTF_8));
      ObjectNode output = answerTo(BoundedLine.read(reader, MAX_LINE), hook, reader);
      hook.getOutputStream().write((output + "\n").getBytes(StandardCharsets.UTF_8));
      hook.getOutputStream().flush();
    } catch (IOException | JacksonException e) {
      log.info("a hook was not answered: {}", e.getClass().getSimpleName());
    } catch (RuntimeException e) {
      log.error("a hook could not be answered", e);
    } finally {
      places.release();
    }
  }

  private ObjectNode answerTo(String line, Socket hook, Reader rest) throws IOException {
    JsonNode request = Wire.mapper().readTree(line);
    byte[] given = request.path("token").asString("").getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(token, given)) {
      throw new IOException("a hook without the session's token");
    }
    HookEvent event =
        HookEvent.of(request.path("event").asString(""))
            .orElseThrow(() -> new IOException("an unknown hook"));
    return answer.to(event, request.path("input"), goneOf(event, hook, rest));
  }

  /// A hook says no more than one line, so that all that can follow is the end of it.
  private static CompletableFuture<Void> goneOf(HookEvent event, Socket hook, Reader rest)
      throws IOException {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    if (event == HookEvent.PERMISSION) {
      hook.setSoTimeout(0);
      Thread.ofVirtual()
          .name("hook-end")
          .start(() -> {
            try {
              rest.read();
            } catch (IOException closed) {
              log.debug("a hook ended: {}", closed.toString());
            }
            gone.complete(null);
          });
    }
    return gone;
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.warn("the hook desk could not be closed: {}", e.toString());
    }
  }
}
