import './frame.css';
import { mount } from 'svelte';
import Frame from './Frame.svelte';

mount(Frame, { target: document.body });
