package dev.claudemesh.broker.memory;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.memory.RecallStore.Filter;
import dev.claudemesh.broker.memory.RecallStore.Found;
import dev.claudemesh.broker.memory.RecallStore.Hit;
import dev.claudemesh.broker.memory.RecallStore.Query;
import dev.claudemesh.broker.memory.RecallStore.Search;
import dev.claudemesh.broker.memory.RecallStore.Token;
import dev.claudemesh.broker.memory.RecallStore.Wording;
import dev.claudemesh.broker.memory.Spelling.Written;
import dev.claudemesh.protocol.memory.MemoryReply.Memory;
import dev.claudemesh.protocol.memory.MemoryRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One search: the words as they were typed, then with those that were typed wrong put right.
final class Recall {
  /// So few memories are taken as a sign that a word was not meant as it was typed.
  private static final int FEW = 3;

  /// A word that more memories have is one that people use.
  private static final int SELDOM = 5;

  private static final int SHORTEST_BEGINNING = 3;
  private static final Comparator<Hit> BEST_FIRST =
      Comparator.comparingDouble(Hit::rank).thenComparingLong(Hit::number).reversed();

  private final Search search;
  private final Member reader;
  private final MemoryRequest.Recall request;
  private final List<String> authors;
  private final List<String> tags;
  private final int most;

  /// @param authors members whose memories are looked for; empty for all
  /// @param most memories that are found
  Recall(
      Search search, Member reader, MemoryRequest.Recall request, List<String> authors, int most) {
    this.search = search;
    this.reader = reader;
    this.request = request;
    this.authors = authors;
    this.tags = MemoryRules.tags(request.tags().orElse(List.of()));
    this.most = most;
  }

  /// What is found, the best first.
  List<Memory> memories() {
    boolean wordless = request.query().isBlank();
    if (wordless && tags.isEmpty() && authors.isEmpty()) {
      return memories(search.newest(reader, most).best());
    }
    Optional<Wording> wording = search.wording(reader.meshId(), request.query());
    if (wording.isEmpty() || !wordless && SearchWords.isEmpty(wording.get().query())) {
      return List.of();
    }
    List<Hit> found = wordless ? find(wording.get(), Optional.empty()) : byWords(wording.get());
    return memories(found);
  }

  private static List<Memory> memories(List<Hit> found) {
    return found.stream().map(Hit::memory).toList();
  }

  private List<Hit> byWords(Wording wording) {
    Words words = new Words(wording);
    List<Hit> found = find(wording, words.unfinishedAndUnknown());
    if (found.size() >= FEW) {
      return found;
    }
    return words.doubted().map(others -> together(found, find(wording, others))).orElse(found);
  }

  private List<Hit> find(Wording wording, Map<String, Collection<String>> others) {
    String wide =
        SearchWords.widened(wording.query(), word -> others.getOrDefault(word, List.of()));
    return find(wording, Optional.of(new Query(wording.query(), wide)));
  }

  /// The best of those that are looked at.
  private List<Hit> find(Wording wording, Optional<Query> query) {
    Filter filter = new Filter(query, tags, authors, reader);
    int enough = query.isPresent() ? Shelves.CANDIDATES : most;
    Found found = search.find(filter, Shelves.first(reader.meshId(), wording.lastNumber()), most);
    List<String> then = Shelves.then(reader.meshId(), wording.lastNumber(), found.seen(), enough);
    return then.isEmpty()
        ? found.best()
        : together(found.best(), search.find(filter, then, most).best()).stream()
            .sorted(BEST_FIRST)
            .limit(most)
            .toList();
  }

  /// Each once.
  private static List<Hit> together(List<Hit> some, List<Hit> more) {
    Map<Long, Hit> all = new LinkedHashMap<>();
    Stream.concat(some.stream(), more.stream()).forEach(hit -> all.putIfAbsent(hit.number(), hit));
    return List.copyOf(all.values());
  }

  /// What may stand for the words of one search.
  private final class Words {
    private final Map<String, List<String>> typedBy;
    private final Map<String, List<Written>> begun;
    private final Optional<String> last;
    private final Map<String, List<Written>> alike = new TreeMap<>();
    private final Wording wording;

    Words(Wording wording) {
      this.wording = wording;
      List<String> wanted = SearchWords.wanted(wording.query());
      List<Token> tokens =
          wording.tokens().stream().filter(token -> wanted.contains(token.stem())).toList();
      this.typedBy =
          tokens.stream()
              .collect(
                  Collectors.groupingBy(
                      Token::stem,
                      LinkedHashMap::new,
                      Collectors.mapping(Token::typed, Collectors.toList())));
      this.last = tokens.isEmpty() ? Optional.empty() : Optional.of(tokens.getLast().typed());
      this.begun =
          search.begun(wording, typed(typed -> typed.length() >= SHORTEST_BEGINNING)).stream()
              .collect(Collectors.groupingBy(Written::typed));
    }

    private List<String> typed(Predicate<String> which) {
      return typedBy.values().stream().flatMap(List::stream).distinct().filter(which).toList();
    }

    /// For the last word, and for words that nobody wrote, those that begin so; if there are none,
    /// those that look like it.
    Map<String, Collection<String>> unfinishedAndUnknown() {
      lookUp(typed(typed -> Spelling.isCorrectable(typed) && begun(typed).isEmpty()));
      return others(this::unfinishedOrUnknown);
    }

    private Stream<Written> unfinishedOrUnknown(String typed) {
      if (isWritten(typed)) {
        return last.filter(typed::equals).isPresent() ? endings(typed) : Stream.empty();
      }
      return begun(typed).isEmpty() ? meant(typed) : endings(typed);
    }

    /// The same with words that look like those that hardly anybody wrote, if there are such.
    Optional<Map<String, Collection<String>>> doubted() {
      List<String> more =
          typed(typed ->
              Spelling.isCorrectable(typed) && isSeldom(typed) && !alike.containsKey(typed));
      if (more.isEmpty()) {
        return Optional.empty();
      }
      lookUp(more);
      return Optional.of(others(typed -> Stream.concat(endings(typed), meant(typed))));
    }

    private void lookUp(List<String> typed) {
      typed.forEach(word -> alike.put(word, new ArrayList<>()));
      search.alike(wording, typed).forEach(word -> alike.get(word.typed()).add(word));
    }

    private Map<String, Collection<String>> others(Function<String, Stream<Written>> of) {
      Map<String, Collection<String>> others = new HashMap<>();
      typedBy.forEach((stem, typed) ->
          others.put(
              stem,
              typed.stream()
                  .flatMap(of)
                  .filter(word -> word.stems().size() == 1)
                  .map(word -> word.stems().getFirst())
                  .distinct()
                  .toList()));
      return others;
    }

    /// Whether some memory has the word in any form, which the search finds by itself.
    private boolean isWritten(String typed) {
      return Stream.concat(begun(typed).stream(), alike.getOrDefault(typed, List.of()).stream())
          .filter(word -> word.stems().size() == 1)
          .anyMatch(
              word -> typedBy.getOrDefault(word.stems().getFirst(), List.of()).contains(typed));
    }

    private boolean isSeldom(String typed) {
      return begun(typed).stream().noneMatch(word -> word.isTyped() && word.memories() > SELDOM);
    }

    private List<Written> begun(String typed) {
      return begun.getOrDefault(typed, List.of());
    }

    private Stream<Written> endings(String typed) {
      return begun(typed).stream().filter(word -> !word.isTyped()).limit(Spelling.MOST);
    }

    private Stream<Written> meant(String typed) {
      return Spelling.meant(typed, alike.getOrDefault(typed, List.of())).stream();
    }
  }
}
