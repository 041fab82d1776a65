package io.tenantry.worker.ops.kubernetes;

import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One document of a manifest.
 *
 * @param origin its file and name, for messages
 * @param fields as in the file
 */
record Document(String origin, Map<String, Object> fields) {
    /** Takes a text only where one is needed: the API server refuses {@code value: 8080} for an environment variable. */
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(LogicalType.Textual, text -> {
                for (CoercionInputShape shape :
                        List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)) {
                    text.setCoercion(shape, CoercionAction.Fail);
                }
            })
            .build();

    /** The documents of a file, in its order. A key that is there twice is an error. */
    static List<Document> of(Path file) throws IOException {
        return of(file.getFileName().toString(), Files.readString(file));
    }

    /** The documents of a text. */
    static List<Document> of(String origin, String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        List<Document> documents = new ArrayList<>();
        for (Object document : new Yaml(new SafeConstructor(options)).loadAll(yaml)) {
            documents.add(new Document(origin, Fields.map(document)));
        }
        return documents;
    }

    String kind() {
        return (String) Objects.requireNonNull(fields.get("kind"), origin);
    }

    String apiVersion() {
        return (String) Objects.requireNonNull(fields.get("apiVersion"), origin);
    }

    /** The name in its metadata; a kustomization has none, that is {@code ""}. */
    String name() {
        return (String) Fields.map(fields.getOrDefault("metadata", Map.of())).getOrDefault("name", "");
    }

    /**
     * As the type of its kind.
     *
     * @throws IllegalArgumentException a value has the wrong type, or, in a type of {@link CustomTypes}, a field is unknown
     */
    <T> T as(Class<T> type) {
        return MAPPER.convertValue(fields, type);
    }

    @Override
    public String toString() {
        return origin + ": " + kind() + " " + name();
    }
}
