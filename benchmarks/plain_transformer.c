/* The loss of the transformer of transformer.py, written by hand: its value only. */
#include <math.h>
#include <stddef.h>

enum { WIDTH = 16, HEADS = 4, SIZE = WIDTH / HEADS, CONTEXT = 16, VOCABULARY = 27, HIDDEN = 64 };

static void linear(const double *matrix, const double *x, double *out, int rows, int columns)
{
    for (int i = 0; i < rows; i++) {
        double total = 0.0;
        for (int j = 0; j < columns; j++)
            total += matrix[i * columns + j] * x[j];
        out[i] = total;
    }
}

static void normalise(const double *x, double *out)
{
    double total = 0.0;
    for (int i = 0; i < WIDTH; i++)
        total += x[i] * x[i];
    double scale = pow(total / WIDTH + 1e-5, -0.5);
    for (int i = 0; i < WIDTH; i++)
        out[i] = x[i] * scale;
}

static void softmax(double *x, int count)
{
    double largest = x[0], total = 0.0;
    for (int i = 1; i < count; i++)
        largest = x[i] > largest ? x[i] : largest;
    for (int i = 0; i < count; i++)
        total += x[i] = exp(x[i] - largest);
    for (int i = 0; i < count; i++)
        x[i] /= total;
}

double loss(const double *parameters, const int *word, int length)
{
    const double *token = parameters, *position = token + VOCABULARY * WIDTH,
                 *query_of = position + CONTEXT * WIDTH, *key_of = query_of + WIDTH * WIDTH,
                 *value_of = key_of + WIDTH * WIDTH, *attended_of = value_of + WIDTH * WIDTH,
                 *expand = attended_of + WIDTH * WIDTH, *contract = expand + HIDDEN * WIDTH,
                 *output = contract + WIDTH * HIDDEN;
    double keys[CONTEXT][WIDTH], values[CONTEXT][WIDTH], total = 0.0;
    for (int t = 0; t < length; t++) {
        double x[WIDTH], normal[WIDTH], query[WIDTH], attended[WIDTH], more[WIDTH];
        double hidden[HIDDEN], logits[VOCABULARY];
        for (int i = 0; i < WIDTH; i++)
            more[i] = token[word[t] * WIDTH + i] + position[t * WIDTH + i];
        normalise(more, x);
        normalise(x, normal);
        linear(query_of, normal, query, WIDTH, WIDTH);
        linear(key_of, normal, keys[t], WIDTH, WIDTH);
        linear(value_of, normal, values[t], WIDTH, WIDTH);
        for (int head = 0; head < WIDTH; head += SIZE) {
            double shares[CONTEXT];
            for (int s = 0; s <= t; s++) {
                shares[s] = 0.0;
                for (int i = head; i < head + SIZE; i++)
                    shares[s] += query[i] * keys[s][i];
                shares[s] *= 0.5;
            }
            softmax(shares, t + 1);
            for (int i = head; i < head + SIZE; i++) {
                attended[i] = 0.0;
                for (int s = 0; s <= t; s++)
                    attended[i] += shares[s] * values[s][i];
            }
        }
        linear(attended_of, attended, more, WIDTH, WIDTH);
        for (int i = 0; i < WIDTH; i++)
            x[i] += more[i];
        normalise(x, normal);
        linear(expand, normal, hidden, HIDDEN, WIDTH);
        for (int i = 0; i < HIDDEN; i++)
            hidden[i] = hidden[i] > 0.0 ? hidden[i] : 0.0;
        linear(contract, hidden, more, WIDTH, HIDDEN);
        for (int i = 0; i < WIDTH; i++)
            x[i] += more[i];
        linear(output, x, logits, VOCABULARY, WIDTH);
        softmax(logits, VOCABULARY);
        total -= log(logits[word[t + 1]]);
    }
    return total / length;
}
