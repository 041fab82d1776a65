package io.tenantry.worker.cli.deadletters;

import io.tenantry.worker.operator.deadletters.DeadLetters;
import io.tenantry.worker.operator.deadletters.Place;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Which dead letters. */
final class DeadLetterOptions {
    @Parameters(
            paramLabel = "PLACE",
            arity = "0..*",
            converter = PlaceConverter.class,
            description = "topic-partition@offset or topic/partition/offset.")
    private List<Place> places = new ArrayList<>();

    @Option(names = "--code", paramLabel = "CODE", description = "Only those with this error code, as invalid-event.")
    private @Nullable String code;

    boolean isEmpty() {
        return places.isEmpty() && code == null;
    }

    DeadLetters.Selection selection() {
        return new DeadLetters.Selection(places, code);
    }

    /** From the text of a place. */
    static final class PlaceConverter implements ITypeConverter<Place> {
        @Override
        public Place convert(String value) {
            return Place.of(value)
                    .orElseThrow(
                            () -> new TypeConversionException(
                                    "\"" + value
                                            + "\" is not the place of a record; expected topic-partition@offset or topic/partition/offset"));
        }
    }
}
