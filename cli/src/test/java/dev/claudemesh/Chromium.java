package dev.claudemesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A real Chromium without a screen, used as a person uses it: it opens pages, finds fields and
/// buttons by what they are called, types, and clicks with a mouse or a keyboard. Driven over its
/// DevTools protocol.
///
/// Each has a profile of its own: nobody is signed in anywhere.
public final class Chromium implements AutoCloseable {
  private static final Pattern LISTENS = Pattern.compile("DevTools listening on (ws://\\S+)");
  private static final int PATIENCE_SECONDS = 60;
  private static final int LARGEST_PICTURE = 120 << 10;

  /// The middle of what is called so, if there is one and no other.
  private static final String FIND =
      """
      (() => {
        const named = [...document.querySelectorAll('%s')].filter(e =>
          (e.matches('input') ? e.labels?.[0]?.firstChild?.textContent : e.getAttribute('aria-label') ?? e.textContent)?.trim() === %s
          && e.getClientRects().length);
        if (named.length !== 1) return null;
        named[0].scrollIntoView({block: 'center'});
        const box = named[0].getBoundingClientRect();
        return {x: box.x + box.width / 2, y: box.y + box.height / 2};
      })()\
      """;

  /// The least contrast between a text and what is behind it, of all texts of a page (WCAG 1.4.3
  /// asks for 4.5).
  private static final String CONTRAST =
      """
      (() => {
        const rgb = c => c.match(/[\\d.]+/g).map(Number);
        const light = c => { const [r, g, b] = rgb(c).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
        const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
          if (rgb(c)[3] !== 0) return c; } return 'rgb(255,255,255)'; };
        const texts = [...document.querySelectorAll('body *')].filter(e => !e.closest('svg')
          && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()));
        return Math.min(...texts.map(e => { const a = light(getComputedStyle(e).color), b = light(behind(e));
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); }));
      })()\
      """;

  private final Process process;
  private final Path profile;
  private final HttpClient http;
  private final WebSocket socket;
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<String> loaded = new LinkedBlockingQueue<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final String session;

  /// The browser of this machine: `CHROMIUM_BIN`, or what is found on the path.
  public static Optional<String> binary() {
    Optional<String> chosen = Optional.ofNullable(System.getenv("CHROMIUM_BIN"));
    return chosen.or(() ->
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
            .flatMap(folder ->
                Stream.of("chromium", "chromium-browser", "google-chrome")
                    .map(name -> Path.of(folder, name)))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst());
  }

  public static Chromium start() throws IOException {
    Path profile = Files.createTempDirectory("chromium");
    Process process =
        new ProcessBuilder(
                binary().orElseThrow(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--disable-component-update",
                "--hide-scrollbars",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      return new Chromium(process, profile, address(process));
    } catch (IOException | RuntimeException | Error e) {
      Program.end(process);
      throw e;
    }
  }

  /// The browser talks on; somebody has to read that, or it stops.
  private static URI address(Process process) throws IOException {
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    StringBuilder all = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      Matcher found = LISTENS.matcher(line);
      if (found.find()) {
        Thread.ofVirtual().start(() -> drain(said));
        return URI.create(found.group(1));
      }
      all.append(line).append('\n');
    }
    throw new IOException("Chromium did not start: " + all);
  }

  private static void drain(Reader said) {
    try {
      said.transferTo(Writer.nullWriter());
    } catch (IOException e) {
      return; // it was ended
    }
  }

  private Chromium(Process process, Path profile, URI address) {
    this.process = process;
    this.profile = profile;
    this.http = HttpClient.newHttpClient();
    this.socket = http.newWebSocketBuilder().buildAsync(address, new Frames()).join();
    String target =
        ask("Target.createTarget", fields().put("url", "about:blank"), "")
            .path("targetId")
            .asString();
    this.session =
        ask("Target.attachToTarget", fields().put("targetId", target).put("flatten", true), "")
            .path("sessionId")
            .asString();
    ask("Page.enable", fields());
    speak("en-GB,en");
    desktop();
  }

  /// What the browser says, put together again.
  private final class Frames implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        hear(Wire.mapper().readTree(text.toString()));
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void hear(JsonNode message) {
    if (message.has("id")) {
      answers.remove(message.path("id").asInt()).complete(message);
    } else if (message.path("method").asString("").equals("Page.loadEventFired")) {
      loaded.add("");
    }
  }

  private static ObjectNode fields() {
    return Wire.mapper().createObjectNode();
  }

  private JsonNode ask(String method, ObjectNode parameters) {
    return ask(method, parameters, session);
  }

  private JsonNode ask(String method, ObjectNode parameters, String to) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode message = fields().put("id", id).put("method", method);
    message.set("params", parameters);
    if (!to.isEmpty()) {
      message.put("sessionId", to);
    }
    socket.sendText(message.toString(), true);
    JsonNode said = answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    if (said.has("error")) {
      throw new AssertionError(method + ": " + said.path("error"));
    }
    return said.path("result");
  }

  /// Does what loads a page, and waits until it is there.
  private void loading(Runnable what) {
    loaded.clear();
    what.run();
    try {
      if (loaded.poll(PATIENCE_SECONDS, TimeUnit.SECONDS) == null) {
        throw new AssertionError("no page was loaded; there is:\n" + text());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  public void open(String address) {
    loading(() -> ask("Page.navigate", fields().put("url", address)));
  }

  /// Languages in the order its user prefers them.
  public void speak(String languages) {
    String agent = ask("Browser.getVersion", fields(), "").path("userAgent").asString();
    ask(
        "Emulation.setUserAgentOverride",
        fields().put("userAgent", agent).put("acceptLanguage", languages));
  }

  public void desktop() {
    size(1000, 760, 1, false);
  }

  public void phone() {
    size(360, 740, 1.5, true);
  }

  private void size(int width, int height, double scale, boolean mobile) {
    ask(
        "Emulation.setDeviceMetricsOverride",
        fields()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", scale)
            .put("mobile", mobile));
  }

  public void dark(boolean dark) {
    ObjectNode media = fields();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    ask("Emulation.setEmulatedMedia", media);
  }

  /// Puts text into the field with this label, in place of what is there.
  public void type(String label, String text) {
    click(place("input", label));
    evaluate("document.activeElement.select()");
    ask("Input.insertText", fields().put("text", text));
  }

  /// Clicks a button or link, and waits for the page it leads to.
  public void press(String button) {
    JsonNode place = place("button, a", button);
    loading(() -> click(place));
  }

  /// Ends a form by the Enter key in the field that has the focus.
  public void enter() {
    loading(() -> {
      key("keyDown", "Enter", 13, "\r");
      key("keyUp", "Enter", 13, "");
    });
  }

  /// What has the focus after so many presses of the Tab key: the name of a button, or of a field.
  public String tab(int times) {
    for (int i = 0; i < times; i++) {
      key("keyDown", "Tab", 9, "");
      key("keyUp", "Tab", 9, "");
    }
    return evaluate(
            """
            (e => (e.labels?.length ? e.labels[0].firstChild : e).textContent.trim())
              (document.activeElement)\
            """)
        .asString();
  }

  private void key(String kind, String name, int code, String text) {
    ObjectNode event =
        fields()
            .put("type", kind)
            .put("key", name)
            .put("code", name)
            .put("windowsVirtualKeyCode", code);
    if (!text.isEmpty()) {
      event.put("text", text);
    }
    ask("Input.dispatchKeyEvent", event);
  }

  private JsonNode place(String kind, String name) {
    JsonNode place = evaluate(FIND.formatted(kind, Wire.mapper().writeValueAsString(name)));
    if (place.isNull() || place.isMissingNode()) {
      throw new AssertionError("there is not one " + kind + " \"" + name + "\" in:\n" + text());
    }
    return place;
  }

  private void click(JsonNode place) {
    for (String kind : new String[] {"mousePressed", "mouseReleased"}) {
      ask(
          "Input.dispatchMouseEvent",
          fields()
              .put("type", kind)
              .put("x", place.path("x").asDouble())
              .put("y", place.path("y").asDouble())
              .put("button", "left")
              .put("clickCount", 1));
    }
  }

  /// The page's words as its reader sees them.
  public String text() {
    return evaluate("document.body.innerText").asString();
  }

  public String address() {
    return evaluate("location.href").asString();
  }

  /// Value of an expression in the page.
  public JsonNode evaluate(String expression) {
    JsonNode answer =
        ask(
            "Runtime.evaluate",
            fields()
                .put("expression", expression)
                .put("returnByValue", true)
                .put("awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /// Checks that the page can be read without scrolling sideways, and that its texts stand out from
  /// what is behind them in light and in dark (WCAG 1.4.10 and 1.4.3).
  public void checkReadable() {
    assertThat(evaluate("document.documentElement.scrollWidth <= innerWidth").asBoolean())
        .as("no need to scroll sideways: " + text())
        .isTrue();
    for (boolean dark : new boolean[] {false, true}) {
      dark(dark);
      assertThat(evaluate(CONTRAST).asDouble())
          .as((dark ? "dark: " : "light: ") + text())
          .isGreaterThanOrEqualTo(4.5);
    }
    dark(false);
  }

  /// With `-Dupdate=true`, the page from top to bottom as a picture for the documents.
  public void picture(String name) throws IOException {
    ObjectNode how = fields().put("format", "png").put("captureBeyondViewport", true);
    JsonNode size = ask("Page.getLayoutMetrics", fields()).path("cssContentSize");
    how.putObject("clip")
        .put("x", 0)
        .put("y", 0)
        .put("width", size.path("width").asDouble())
        .put("height", size.path("height").asDouble())
        .put("scale", 1);
    byte[] png =
        Base64.getDecoder().decode(ask("Page.captureScreenshot", how).path("data").asString());
    assertThat(png.length).as("bytes of " + name).isBetween(1_000, LARGEST_PICTURE);
    if (Boolean.getBoolean("update")) {
      Path folder = Files.createDirectories(Sources.root().resolve("docs/images"));
      Files.write(folder.resolve(name + ".png"), png);
    }
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
    Program.end(process);
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException | UncheckedIOException e) {
      return; // a process of it that ends late still writes there; the system clears the folder
    }
  }
}
