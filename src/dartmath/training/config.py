"""The `training:` section of a recipe."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from dartmath.base.section import Section

Optimizer = Literal["adamw", "adamw_8bit", "paged_adamw", "paged_adamw_8bit", "adafactor", "muon"]
Attention = Literal[
    "auto", "eager", "sdpa", "sdpa_varlen", "flex_attention", "flash_attention_2", "flash_attention_3"
]
_DECAY = 0.2


class DatasetWeight(Section):
    """One data set of a mixture."""

    path: str
    """Folder of `dartmath curate`, a JSONL or Parquet file, or `hub:OWNER/NAME[@REVISION]`."""
    weight: float = Field(1.0, gt=0)
    """How often each row is seen in an epoch; fractions take a seeded sample."""
    query: str = "query"
    """The column that holds the problem."""
    response: str = "response"
    """The column that holds the response to learn."""
    row_weight: str | None = None
    """The column of numbers that the losses of rows are multiplied by; all are 1 when absent."""


class Lora(Section):
    """Low-rank adapters instead of full fine-tuning."""

    rank: int = Field(16, ge=1)
    """Rank of the adapters."""
    alpha: float = Field(32, gt=0)
    """Scale of the adapters."""
    dropout: float = Field(0.0, ge=0, lt=1)
    """Dropout on the adapters' input."""
    targets: str = "all-linear"
    """Which modules get one: names with commas between (`q_proj,v_proj`), or all linear ones but the head."""
    quantize: bool = False
    """4-bit base weights (QLoRA); needs bitsandbytes."""
    merge: bool = True
    """Merge the adapters into the exported model."""
    dora: bool = False
    """Train magnitude and direction of the weights apart (DoRA)."""
    rslora: bool = False
    """Scale the adapters by alpha / sqrt(rank) instead of alpha / rank (rank-stabilised)."""
    modules_to_save: str = ""
    """Modules that are trained whole beside the adapters, with commas between (`embed_tokens,lm_head`)."""
    trainable_tokens: str = "auto"
    """Tokens whose embeddings are trained beside the adapters: `auto` = those of the template that the base
    never learnt, `none`, or tokens with spaces between (`<|im_start|> <|im_end|>`)."""


class Preference(Section):
    """Direct preference optimisation (DPO, KTO), against the base model as the reference."""

    beta: float = Field(0.1, gt=0)
    """How strongly the model is held to the reference."""
    loss: Literal["sigmoid", "ipo", "hinge", "sigmoid_norm"] = "sigmoid"
    """DPO's loss of a pair; `sigmoid_norm` takes means over tokens instead of sums."""
    nll_weight: float = Field(0.0, ge=0)
    """Weight of the chosen response's own loss beside DPO's."""


class Validation(Section):
    """Evaluation while a model trains: the loss on queries that are held out, and Pass@1 on a few others."""

    steps: int = Field(50, ge=1)
    """Optimiser steps between evaluations; the last step is evaluated too."""
    share: float = Field(0.02, gt=0, lt=0.5)
    """Share of the queries whose responses are held out for the loss; no query is on both sides."""
    benchmark: str | None = None
    """Data set whose queries are answered greedily at each evaluation (`math/test`); none when absent."""
    n: int = Field(32, ge=1)
    """How many of its queries."""
    max_tokens: int = Field(512, ge=1)
    """Most new tokens of an answer."""
    best: Literal["loss", "pass_at_1"] | None = None
    """Export the weights of the best evaluation by this, not the last; a checkpoint is saved at each."""
    patience: int | None = Field(None, ge=1)
    """Stop after so many evaluations in a row without a better one (by `best`, or else by the loss)."""

    @model_validator(mode="after")
    def _answers_are_there_to_choose_by(self) -> Self:
        if self.best == "pass_at_1" and not self.benchmark:
            raise ValueError("best: pass_at_1 needs `benchmark`, whose queries are answered")
        return self


class TrainingSection(Section):
    """Fine-tuning. Defaults are the paper's, of supervised fine-tuning (§4.1, model cards)."""

    objective: Literal["sft", "dpo", "kto"] = "sft"
    """`sft` learns responses; `dpo` learns from pairs of a right and a wrong one, `kto` from responses with a
    label (files of `dartmath export --format preference` and `kto`)."""
    preference: Preference = Preference()
    """Settings of dpo and kto."""

    model: str | None = None
    """The base model; the sampling model when absent."""
    revision: str | None = None
    """Revision of the base model on the Hub."""
    template: str | None = None
    """Prompt template; the recipe's own when absent."""
    datasets: list[DatasetWeight] = []
    """Data sets beside (or, alone, instead of) the curated one; all are used."""
    epochs: float = Field(3.0, gt=0)
    """Passes over the data."""
    max_steps: int | None = Field(None, ge=1)
    """Stop after this many optimiser steps."""
    learning_rate: float = Field(1e-5, gt=0)
    """Peak learning rate."""
    schedule: Literal["cosine", "linear", "constant", "wsd"] = "cosine"
    """Decay after the warm-up; `wsd` (warm up, stay, decay) stays at the peak until the last steps."""
    warmup: float = Field(0.03, ge=0, lt=1)
    """Share of the steps that warm up."""
    decay: float = Field(_DECAY, gt=0, le=1)
    """Share of the steps that decay, with schedule `wsd`."""
    min_learning_rate_ratio: float = Field(0.0, ge=0, lt=1)
    """Where the decay ends, as a share of the peak."""
    optimizer: Optimizer = "adamw"
    """`adafactor` keeps rows and columns of the second moment; `adamw_8bit` and the paged ones are of
    bitsandbytes; `muon` makes updates of weight matrices orthogonal (AdamW for all else)."""
    weight_decay: float = Field(0.0, ge=0)
    """Weight decay of the optimiser."""
    max_grad_norm: float = Field(1.0, gt=0)
    """Gradients are scaled down to this norm."""
    loss: Literal["nll", "dft"] = "nll"
    """`dft` weighs each token's loss by its probability (dynamic fine-tuning, arXiv 2508.05629)."""
    batch_size: int = Field(64, ge=1)
    """Packed sequences per optimiser step, over all GPUs."""
    micro_batch: int = Field(1, ge=1)
    """Packed sequences per forward pass and GPU."""
    gpus: int = Field(1, ge=1)
    """Processes; batch_size = gpus x micro_batch x accumulation, refused when it does not divide."""
    max_length: int = Field(4096, ge=8)
    """Tokens of a packed sequence."""
    packing: bool = True
    """Pack examples into sequences (exact: examples never see one another)."""
    too_long: Literal["drop", "truncate", "error"] = "drop"
    """What happens to an example longer than `max_length`."""
    mask_tool_output: bool = True
    """Leave what tools printed inside a response (blocks of `dartmath.tools`) out of the loss; of sft."""
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    """Arithmetic of training; `auto` = bfloat16 where the device is fast at it."""
    attention: Attention = "auto"
    """Attention kernel; `auto` = FlashAttention-2 where a GPU has it; else sdpa_varlen, which goes example by
    example, for packed sequences; else sdpa."""
    gradient_checkpointing: bool | None = None
    """Trade compute for memory; when absent, on where an accelerator trains (paper) and off on a CPU."""
    liger: bool = False
    """Liger kernels, where installed."""
    compile: bool = False
    """torch.compile."""
    lora: Lora | None = None
    """Low-rank adapters; full fine-tuning when absent."""
    validation: Validation | None = None
    """Evaluation while the model trains; none when absent."""
    save_steps: int = Field(200, ge=1)
    """Optimiser steps between checkpoints."""
    log_to: list[Literal["tensorboard", "wandb", "trackio"]] = []
    """Loggers beside the journal of the run."""
    seed: int | None = None
    """Seed of shuffling and dropout; the recipe's own when absent."""
    sliding_window: bool = True
    """False switches the sliding window of a Mistral model off (paper)."""
    launch: str | None = None
    """How the processes are started and the model is sharded: `zero3` (DeepSpeed), `fsdp2`, or a
    configuration file of accelerate; torchrun (DDP) when absent."""
    export_dtype: Literal["float32", "bfloat16", "float16"] = "float32"
    """Number format of the exported weights; those of adapters alone stay in float32."""
    gguf: bool = False
    """Write `model.gguf` too, of 16-bit weights, for llama.cpp and Ollama."""
    keep_checkpoints: bool = False
    """Keep the checkpoints (weights and optimiser state) after a finished run."""

    @property
    def packed(self) -> bool:
        """Whether examples are packed into sequences: pairs and labelled responses are not."""
        return self.packing and self.objective == "sft"

    @model_validator(mode="after")
    def _objective_has_what_it_is_given(self) -> Self:
        if self.objective == "sft" and self.preference != Preference():
            raise ValueError("preference: only objective dpo and kto have these settings")
        if self.objective != "sft" and any(one.row_weight for one in self.datasets):
            raise ValueError("row_weight: only rows of objective sft have weights")
        if self.objective != "sft" and self.loss != "nll":
            raise ValueError(f"loss: {self.loss} is of objective sft, not of {self.objective}")
        if self.objective == "kto" and self.preference != Preference(beta=self.preference.beta):
            raise ValueError("preference: of objective kto only beta can be set")
        if self.objective == "kto" and self.micro_batch == 1:
            raise ValueError(
                "micro_batch: kto compares the responses of a micro-batch with one another: at least 2"
            )
        return self

    @model_validator(mode="after")
    def _a_weighed_loss_is_our_own(self) -> Self:
        if not any(one.row_weight for one in self.datasets):
            return self
        if self.loss != "nll" or self.compile or self.launch:
            raise ValueError("row_weight: not with loss dft, compile or launch, whose loss is TRL's")
        return self

    @model_validator(mode="after")
    def _one_file_holds_a_whole_model(self) -> Self:
        if self.gguf and self.lora is not None and not self.lora.merge:
            raise ValueError("gguf: a file holds a whole model, and lora.merge is off; leave one of them out")
        return self

    @model_validator(mode="after")
    def _adapters_keep_their_format(self) -> Self:
        if self.export_dtype != "float32" and self.lora is not None and not self.lora.merge:
            raise ValueError(
                f"export_dtype: {self.export_dtype} is of whole models, and lora.merge is off; leave one out"
            )
        return self

    @model_validator(mode="after")
    def _schedule_has_what_it_is_given(self) -> Self:
        if self.schedule == "constant" and self.min_learning_rate_ratio:
            raise ValueError("min_learning_rate_ratio: a constant schedule does not decay; leave it out")
        if self.schedule == "wsd" and self.warmup + self.decay > 1:
            raise ValueError(f"warmup {self.warmup} and decay {self.decay} are more than all steps")
        if self.schedule != "wsd" and self.decay != _DECAY:
            raise ValueError(f"decay: only schedule wsd has a share of steps that decay, not {self.schedule}")
        return self
