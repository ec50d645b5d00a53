package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Figures;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Vocabulary;
import dev.claudemesh.bench.load.Watch;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.memory.MemoryReply.Results;
import dev.claudemesh.protocol.memory.MemoryRequest.Recall;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/// How fast memories are found in a mesh that has very many, beside meshes that have many, too: by
/// one peer who asks one question after the other, kind by kind, and by several at once.
///
/// @param memories of the mesh that is asked
/// @param others memories of each of two other meshes
/// @param questions of each kind
/// @param peers who ask at once in the end
public record RecallRun(int memories, int others, int questions, int peers) {
  private static final long SEED = 20_261_121;
  private static final long SLOWEST = 60_000_000_000L;
  private static final int FREQUENT = 20;
  private static final int USUAL = 300;
  private static final int RARE = 30_000;
  private static final int RAREST = 110_000;

  /// Starts a broker in an empty folder, fills it, and measures.
  public Result measure(Path folder) throws Exception {
    Vocabulary words = new Vocabulary(SEED);
    List<MemberKeys> members;
    try (BrokerProcess broker = BrokerProcess.start(folder, Map.of())) {
      members = Meshes.founders(broker.url(), 3);
    }
    System.err.println("bench: writing " + (memories + 2 * others) + " memories");
    MemoryLoad.into(
        folder.resolve("broker"),
        List.of(
            new MemoryLoad.Share(members.get(1), others),
            new MemoryLoad.Share(members.get(0), memories),
            new MemoryLoad.Share(members.get(2), others)),
        words);
    Figures figures = new Figures().put("memories", (long) memories);
    try (BrokerProcess broker = BrokerProcess.start(folder, Map.of())) {
      ask(broker, members.getFirst(), words, figures);
    }
    return new Result(
        "claudemesh",
        "each answer is searched for, ranked and read by PostgreSQL",
        true,
        figures.values(),
        List.of());
  }

  private void ask(BrokerProcess broker, MemberKeys member, Vocabulary words, Figures figures)
      throws Exception {
    Map<String, Supplier<String>> kinds = kinds(words);
    try (MeshClient peer = connect(broker.url(), member)) {
      System.err.println("bench: warming up");
      kinds.values().forEach(kind -> time(peer, kind, questions / 2, histogram()));
      Histogram all = histogram();
      Map<String, Histogram> each = new LinkedHashMap<>();
      kinds.forEach((name, kind) -> {
        Histogram one = histogram();
        time(peer, kind, questions, one);
        all.add(one);
        each.put(name, one);
      });
      figures.latency("recall", all);
      each.forEach((name, one) -> {
        figures.put(name + "_p50_ms", one.getValueAtPercentile(50) / 1e6);
        figures.put(name + "_p99_ms", one.getValueAtPercentile(99) / 1e6);
      });
    }
    try (Watch watch = Watch.start(broker, () -> peers + " peers search")) {
      Histogram many = atOnce(broker.url(), member, kinds);
      figures.latency(peers + "_peers", many);
      watch.into(figures, Math.toIntExact(many.getTotalCount()), "search");
    }
  }

  /// What people type, kind by kind.
  private static Map<String, Supplier<String>> kinds(Vocabulary words) {
    Map<String, Supplier<String>> kinds = new LinkedHashMap<>();
    kinds.put("a_word_that_is_everywhere", () -> words.word(words.number(FREQUENT)));
    kinds.put("a_usual_word", () -> words.between(FREQUENT, USUAL));
    kinds.put("a_rare_word", () -> words.between(RARE, RAREST));
    kinds.put("two_words", () -> words.between(1, USUAL) + " " + words.between(1, RARE));
    kinds.put(
        "two_that_are_everywhere",
        () -> words.word(words.number(FREQUENT)) + " " + words.word(words.number(FREQUENT)));
    kinds.put(
        "three_words",
        () ->
            words.between(1, RARE) + " " + words.between(1, RARE) + " " + words.between(1, USUAL));
    kinds.put("an_unfinished_word", () -> begun(words.between(USUAL, RARE)));
    kinds.put("a_word_typed_wrong", () -> mistyped(words.between(USUAL, RARE), words));
    kinds.put(
        "one_without_another", () -> words.between(1, USUAL) + " -" + words.between(1, USUAL));
    kinds.put("nothing_found", () -> "qqzx" + words.number(1_000_000) + " " + words.word(0));
    kinds.put("the_newest", () -> "");
    return kinds;
  }

  private static String begun(String word) {
    return word.substring(0, Math.max(3, word.length() - 3));
  }

  /// Two letters change places.
  private static String mistyped(String word, Vocabulary words) {
    int at = 1 + words.number(Math.max(1, word.length() - 2));
    StringBuilder wrong = new StringBuilder(word);
    wrong.setCharAt(at, word.charAt(at - 1));
    wrong.setCharAt(at - 1, word.charAt(at));
    return wrong.toString();
  }

  private static void time(MeshClient peer, Supplier<String> kind, int times, Histogram into) {
    for (int i = 0; i < times; i++) {
      Recall recall = new Recall(kind.get(), Optional.empty(), Optional.empty(), Optional.empty());
      long before = System.nanoTime();
      Results results = peer.ask(recall);
      into.recordValue(Math.min(System.nanoTime() - before, SLOWEST));
      if (results.memories().size() > 20) {
        throw new IllegalStateException("More was found than was asked for");
      }
    }
  }

  private Histogram atOnce(URI url, MemberKeys member, Map<String, Supplier<String>> kinds)
      throws Exception {
    Histogram all = histogram();
    try (ExecutorService threads = Executors.newFixedThreadPool(peers)) {
      List<Callable<Histogram>> tasks = new ArrayList<>();
      for (int i = 0; i < peers; i++) {
        tasks.add(() -> one(url, member, kinds));
      }
      for (Future<Histogram> done : threads.invokeAll(tasks)) {
        all.add(done.get());
      }
    }
    return all;
  }

  private Histogram one(URI url, MemberKeys member, Map<String, Supplier<String>> kinds) {
    Histogram own = histogram();
    try (MeshClient peer = connect(url, member)) {
      for (int i = 0; i < questions; i++) {
        for (Supplier<String> kind : kinds.values()) {
          Supplier<String> apart =
              () -> {
                synchronized (kinds) {
                  return kind.get();
                }
              };
          time(peer, apart, 1, own);
        }
      }
    }
    return own;
  }

  private static MeshClient connect(URI url, MemberKeys member) {
    MeshClient client =
        MeshClient.builder(
                new Identity(
                    url,
                    member.meshId(),
                    member.memberId(),
                    member.key(),
                    Optional.of(Keys.generate())),
                HelloDetails.ofThisProcess(Purpose.SESSION))
            .start();
    client.ready(Duration.ofSeconds(30));
    return client;
  }

  private static Histogram histogram() {
    return new Histogram(1_000, SLOWEST, 3);
  }
}
