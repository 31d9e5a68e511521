/** The mark of the program: one line put through a board of six. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg aria-hidden width={size} height={size} viewBox="0 0 64 64" className="shrink-0">
      <path
        d="M16 5h32a11 11 0 0 1 11 11v22a11 11 0 0 1-11 11H26L14.5 60V48.9A11 11 0 0 1 5 38V16A11 11 0 0 1 16 5Z"
        fill="#0d6e68"
      />
      <g fill="#fff">
        <circle cx="32" cy="20" r="4.2" />
        <circle cx="44" cy="20" r="4.2" />
        <circle cx="20" cy="34" r="4.2" />
        <circle cx="32" cy="34" r="4.2" />
      </g>
      <path d="M20 20c11 2 11 14 24 14" fill="none" stroke="#ffbe45" strokeWidth="3.4" />
      <g fill="#ffbe45">
        <circle cx="20" cy="20" r="4.2" />
        <circle cx="44" cy="34" r="4.2" />
      </g>
    </svg>
  );
}
