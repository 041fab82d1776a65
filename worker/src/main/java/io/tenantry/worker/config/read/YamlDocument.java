package io.tenantry.worker.config.read;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** The settings file as flat keys in its own order, each with its line; unknown and misshapen ones become faults. */
final class YamlDocument {
    /** More than any Kafka property has segments; stops an anchor that contains itself. */
    private static final int DEEPEST = 12;

    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();
    private final Faults faults;

    private YamlDocument(Faults faults) {
        this.faults = faults;
    }

    /** @throws InvalidSettingsException with the one fault that keeps the file from being read at all */
    static YamlDocument parse(Path file, Faults faults) throws InvalidSettingsException {
        Node root = compose(file);
        YamlDocument document = new YamlDocument(faults);
        if (!(root instanceof MappingNode mapping)) {
            throw fatal(file, shape(root) + " at the top; allowed: the sections " + KnownKeys.topSections());
        }
        document.walk("", mapping);
        return document;
    }

    /** By flat key; a key without a value has the empty string. */
    Map<String, String> values() {
        return Collections.unmodifiableMap(values);
    }

    /** The names directly below a section, in the order of the file. */
    Set<String> namesIn(String section) {
        Set<String> names = new LinkedHashSet<>();
        for (String key : lines.keySet()) {
            if (key.startsWith(section + ".")) {
                names.add(key.substring(section.length() + 1).split("\\.", -1)[0]);
            }
        }
        return names;
    }

    boolean has(String key) {
        return lines.containsKey(key);
    }

    /** The line of a key that the file has. */
    String origin(String key) {
        return "line " + lines.get(key);
    }

    private static Node compose(Path file) throws InvalidSettingsException {
        LoaderOptions options = new LoaderOptions();
        options.setMergeOnCompose(true);
        Node root;
        try {
            root = new Yaml(options).compose(new StringReader(Files.readString(file)));
        } catch (NoSuchFileException e) {
            throw fatal(file, "no such file; name the settings file, or create it");
        } catch (CharacterCodingException e) {
            throw fatal(file, "not a text in UTF-8");
        } catch (IOException e) {
            throw fatal(file, "cannot be read (" + e.getClass().getSimpleName() + ")");
        } catch (MarkedYAMLException e) {
            throw fatal(file, YamlProblem.describe(e));
        } catch (YAMLException e) {
            throw fatal(file, "not YAML: a control character, or aliases without end");
        }
        if (root == null || root.getTag().equals(Tag.NULL)) {
            throw fatal(file, "empty; needed at least: kafka.bootstrap-servers, registry, one server, one database");
        }
        return root;
    }

    private static InvalidSettingsException fatal(Path file, String problem) {
        return new InvalidSettingsException(List.of(file + ": " + problem));
    }

    private void walk(String prefix, MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            int line = entry.getKeyNode().getStartMark().getLine() + 1;
            if (entry.getKeyNode() instanceof ScalarNode name) {
                String key = prefix.isEmpty() ? name.getValue() : prefix + "." + name.getValue();
                entry(key, entry.getValueNode(), line);
            } else {
                faults.add(
                        prefix.isEmpty() ? "key" : prefix, "line " + line, "a list or map as a key; allowed: a name");
            }
        }
    }

    private void entry(String key, Node node, int line) {
        if (KnownKeys.isKafkaProperty(key) && node instanceof MappingNode) {
            // Kafka has properties that are prefixes of others: only their values can be given twice.
            section(key, node, line);
            return;
        }
        KnownKeys.Kind kind = KnownKeys.kindOf(key);
        if (kind == KnownKeys.Kind.UNKNOWN) {
            faults.unknown(key, "line " + line);
        } else if (isFirst(key, line)) {
            if (kind == KnownKeys.Kind.VALUE) {
                value(key, node, line);
            } else {
                section(key, node, line);
            }
        }
    }

    private boolean isFirst(String key, int line) {
        Integer first = lines.putIfAbsent(key, line);
        if (first != null) {
            faults.add(key, "line " + line, "given twice, first in line " + first + "; keep one");
        }
        return first == null;
    }

    private void value(String key, Node node, int line) {
        if (node instanceof ScalarNode scalar) {
            values.put(key, scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue());
        } else if (!KnownKeys.isList(key)) {
            faults.add(key, "line " + line, shape(node) + "; allowed: one value");
        } else if (node instanceof SequenceNode list
                && list.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
            values.put(
                    key,
                    list.getValue().stream()
                            .map(element -> Lists.escaped(((ScalarNode) element).getValue()))
                            .collect(Collectors.joining(",")));
        } else {
            faults.add(key, "line " + line, shape(node) + "; allowed: one value, or a list of values");
        }
    }

    private void section(String key, Node node, int line) {
        if (node instanceof MappingNode mapping) {
            if (key.split("\\.", -1).length > DEEPEST) {
                faults.add(key, "line " + line, "nested too deeply");
            } else {
                walk(key, mapping);
            }
        } else if (!node.getTag().equals(Tag.NULL)) {
            faults.add(key, "line " + line, shape(node) + "; allowed: keys with values below it");
        }
    }

    private static String shape(@Nullable Node node) {
        if (node instanceof MappingNode) {
            return "a map";
        }
        return node instanceof ScalarNode ? "a single value" : "a list";
    }
}
